"""SM2 with SM3 (GB/T 32918.2), over `gmssl`, whose own choice of random numbers and checks of input are not good enough."""

import secrets

from gmssl.sm2 import CryptSM2, default_ecc_table

P, N, A, B = (int(default_ecc_table[name], 16) for name in ("p", "n", "a", "b"))


def public_of(private: bytes) -> str:
    """The public key of 32 random bytes: x and y, 128 hex digits."""
    point = CryptSM2("", "")._kg(_scalar(private), default_ecc_table["g"])  # pyright: ignore[reportPrivateUsage]
    return str(point).lower()


def sign(private: bytes, message: bytes) -> str:
    """r and s, 128 hex digits."""
    signer = _engine(public_of(private), f"{_scalar(private):064x}")
    while True:
        if made := signer.sign_with_sm3(message, f"{secrets.randbelow(N - 1) + 1:064x}"):
            return made


def verify(public: str, signature: str, message: bytes) -> bool:
    """Whether the key signed the message. A key that is no point of the curve signed nothing."""
    if len(public) != 128 or len(signature) != 128:
        return False
    try:
        x, y, r, s = (int(text, 16) for text in (public[:64], public[64:], signature[:64], signature[64:]))
    except ValueError:
        return False
    on_curve = max(x, y) < P and (y * y - (x * x * x + A * x + B)) % P == 0
    return on_curve and 0 < r < N and 0 < s < N and (r + s) % N != 0 and bool(_engine(public).verify_with_sm3(signature, message))


def _scalar(private: bytes) -> int:
    return int.from_bytes(private) % (N - 2) + 1


def _engine(public: str, private: str = "") -> CryptSM2:
    engine = CryptSM2(private, "")
    engine.public_key = public  # its constructor takes off more than the leading 04
    return engine
