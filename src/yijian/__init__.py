"""医监 Yijian: supervision of medical-insurance funds. The map of the house is README.md."""

__version__ = "0.1.0"
