"""Executing an operation: a query in one transaction, a mutation in one per top-level field, answer included."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any, TypeGuard, cast

from graphql import (
    ExecutionResult,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    execute,
    get_directive_values,
    located_error,
)
from graphql.pyutils import Path
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from mvne_graphql import idempotency
from mvne_graphql.context import RequestContext, Work
from mvne_graphql.documents import Operation
from mvne_graphql.errors import BadInput, is_worth_repeating

ATTEMPTS = 3
_is_awaitable = cast("Callable[[Any], TypeGuard[Awaitable[Any]]]", optimized_is_awaitable)


def run(
    schema: GraphQLSchema, operation: Operation, variables: dict[str, Any], context: RequestContext
) -> ExecutionResult:
    """Execute in the calling thread, on the context's own event loop; nothing of it goes on afterwards."""
    return context.loop.run_until_complete(_run(schema, operation, variables, context))


async def _run(
    schema: GraphQLSchema, operation: Operation, variables: dict[str, Any], context: RequestContext
) -> ExecutionResult:
    try:
        result = execute(
            schema,
            operation.document,
            context_value=context,
            variable_values=variables,
            operation_name=operation.node.name.value if operation.node.name else None,
            is_awaitable=_is_awaitable,
            executor_class=MutationExecutor if operation.is_mutation else StrawberryGraphQLCoreExecutionContext,
        )
        if inspect.isawaitable(result):
            result = await result
        await _end_what_is_left(context.work)
        context.work.commit()
    except BaseException:
        await _end_what_is_left(context.work)
        context.work.discard()
        raise
    return result


async def _end_what_is_left(work: Work) -> None:
    """An error does not wait for what else is being loaded, which must not read on once the transaction has ended."""
    if work.loaders:
        await asyncio.sleep(0)  # a loader that was asked begins its task in the next round of the loop
    while left := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.sleep(0)  # what was cancelled before it began would never be awaited
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)


class MutationExecutor(StrawberryGraphQLCoreExecutionContext):
    """Gives each top-level mutation field a transaction of its own, and ends it once the field's answer is complete.

    The answer is read in the transaction that did the work. If it cannot be given in full, nothing was done.
    """

    context_value: RequestContext

    def execute_field(
        self, parent_type: Any, source: Any, field_details_list: Any, path: Path, position_context: Any
    ) -> Any:
        """As the parent class does; in a transaction if the field is at the top."""

        def resolve() -> Any:
            return super(MutationExecutor, self).execute_field(
                parent_type, source, field_details_list, path, position_context
            )

        node: FieldNode = field_details_list[0].node
        if path.prev is not None or node.name.value == "__typename":
            return resolve()
        return self._located(resolve, node, path)

    async def _located(self, resolve: Callable[[], Any], node: FieldNode, path: Path) -> Any:
        try:
            return await self._until_it_wins(resolve, self._key(node))
        except Exception as error:
            raise located_error(error, [node], path.as_list()) from error

    async def _until_it_wins(self, resolve: Callable[[], Any], key: str | None) -> Any:
        """Repeat what lost against another transaction; the last attempt's error is the answer."""
        for _ in range(ATTEMPTS - 1):
            try:
                return await self._once(resolve, key)
            except GraphQLError as error:
                if not is_worth_repeating(error.original_error):
                    raise
        return await self._once(resolve, key)

    async def _once(self, resolve: Callable[[], Any], key: str | None) -> Any:
        work = self.context_value.begin(key)
        try:
            answer = await self._answer(resolve)
            self._end(work, answer)
        except BaseException as error:
            await _end_what_is_left(work)
            work.discard()
            if isinstance(error, GraphQLError) and isinstance(error.original_error, idempotency.AnsweredBefore):
                return error.original_error.answer
            raise
        return answer

    async def _answer(self, resolve: Callable[[], Any]) -> Any:
        """The field's complete answer, everything below it included; raises if any part of it failed."""
        failures = len(self.collected_errors.errors)
        answer = resolve()
        if self.is_awaitable(answer):
            answer = await answer
        await _end_what_is_left(self.context_value.work)
        if len(self.collected_errors.errors) > failures:
            raise GraphQLError("Nothing was done, because the answer could not be given in full.")
        return answer

    def _end(self, work: Work, answer: Any) -> None:
        if (work.is_dry_run or work.is_refused) and not work.leaves_trace:
            work.discard()
            return
        if work.key is not None and work.is_refused:
            idempotency.release(work.ctx, work.key)
        elif work.key is not None:
            idempotency.keep(work.ctx, work.key, answer)
        work.commit()

    def _key(self, node: FieldNode) -> str | None:
        """The idempotency key of a field: its directive's, or the header's if it is the only field."""
        directive = self.schema.get_directive("idempotent")
        values = directive and get_directive_values(directive, node, self.variable_values)
        if values:
            return idempotency.read_key(values["key"])
        header = self.context_value.idempotency_key
        if header is None:
            return None
        if len(self.operation.selection_set.selections) > 1:
            raise BadInput(
                f"The header {idempotency.HEADER} names one mutation, and this operation has several: "
                "give each its own with @idempotent(key:)."
            )
        return idempotency.read_key(header)
