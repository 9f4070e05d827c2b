"""stub"""

from fastapi import APIRouter
from advisor.advisor import Advisor


def routes(advisor: Advisor) -> APIRouter:
    """Stub."""
    return APIRouter()
