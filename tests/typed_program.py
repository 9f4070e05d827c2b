"""What a type checker sees of the package from outside: `make check` reads this file, nobody runs it."""

from typing import assert_type

from advisor import Advisor, Answer, Citation, Hit


async def program() -> None:
    """The lazy names of the package have their types."""
    with Advisor.open(index="library") as advisor:
        assert_type(advisor.ask("Who must lead the change?"), Answer)
        assert_type(await advisor.aask("Who must lead the change?"), Answer)
        assert_type(await advisor.asearch("change", 3), tuple[Hit, ...])
        assert_type(advisor.ask("Who must lead the change?").citations, tuple[Citation, ...])
        async for given in advisor.aask_stream("Who must lead the change?"):
            assert_type(given, Answer)
