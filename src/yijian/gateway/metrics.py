"""Figures for Prometheus, added up over all workers (`PROMETHEUS_MULTIPROC_DIR` is set before this module is read)."""

import os

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess

BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)

REQUESTS = Counter("yijian_requests_total", "Requests by transaction and outcome", ["infno", "outcome"])
SECONDS = Histogram("yijian_request_seconds", "From the body to the answer", ["infno"], buckets=BUCKETS)
FINDINGS = Counter("yijian_findings_total", "Findings in answers by rule", ["rule"])
NOT_JUDGED = Counter("yijian_not_judged_total", "Rules that failed, took too long or had no store", ["rule"])
OVERLOAD = Counter("yijian_overload_total", "Requests answered without advice because too many waited")
LOST = Gauge("yijian_unrecorded", "Answers that could not be recorded", multiprocess_mode="livesum")
WAITING = Gauge("yijian_waiting", "Requests that wait to be judged", multiprocess_mode="livesum")


def text() -> bytes:
    """All figures in Prometheus' text form."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest()
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)
    return generate_latest(registry)
