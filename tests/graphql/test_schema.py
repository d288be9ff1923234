"""The rules both schemas keep, and that the printed ones are those of the code."""

import importlib
import pkgutil
from collections.abc import Iterator
from enum import Enum, StrEnum
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_list_type,
)

import mvne_graphql
from mvne_graphql.console.schema import schema as console
from mvne_graphql.domains import refusals
from mvne_graphql.storefront.schema import schema as storefront
from mvne_platform import (
    balances,
    billing,
    catalogue,
    charging,
    letters,
    loyalty,
    mediation,
    orders,
    party,
    provisioning,
    receivables,
    subscriptions,
)
from mvne_platform.catalogue import editing
from mvne_platform.charging import online
from mvne_platform.kernel import DomainError
from mvne_platform.mediation import failure_log, sources
from mvne_platform.mediation.adapters import Deed
from mvne_platform.mediation.models import FileDeed
from mvne_platform.runtime import BrandState
from mvne_tenants import ApplicationState, ChangeKind
from tools.schemas import printed_schemas

SCHEMAS: dict[str, GraphQLSchema] = {"console": console._schema, "storefront": storefront._schema}
FOLDER = Path("graphql")
WITH_FIELDS = GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType

# Each enum of the API beside the domain's enum it shows.
MIRRORED: dict[str, type[StrEnum]] = {
    "BandPolicy": catalogue.BandPolicy,
    "BillRunState": billing.RunState,
    "BrandApplicationState": ApplicationState,
    "BrandState": BrandState,
    "ChargeKind": billing.ChargeKind,
    "ChargingResult": online.Result,
    "CustomerKind": party.CustomerKind,
    "DifferenceKind": editing.DifferenceKind,
    "FinalUnitAction": catalogue.FinalUnitAction,
    "FindingSeverity": editing.Severity,
    "IdentifierKind": subscriptions.IdentifierKind,
    "LedgerReason": balances.Reason,
    "LetterChannel": letters.Channel,
    "LetterState": letters.LetterState,
    "ManifestChangeKind": ChangeKind,
    "NetworkOperation": provisioning.NetworkOperation,
    "NetworkRequestState": provisioning.RequestState,
    "NumberClass": catalogue.NumberClass,
    "NumberDataKind": mediation.numbers.NumberDataKind,
    "OfferingKind": catalogue.OfferingKind,
    "OrderState": orders.OrderState,
    "PaymentMode": catalogue.PaymentMode,
    "PaymentState": receivables.PaymentState,
    "PointsReason": loyalty.PointsReason,
    "PriceKind": catalogue.PriceKind,
    "PriceListPurpose": catalogue.Purpose,
    "ReratingCause": charging.rerating.Cause,
    "ReratingChangeState": charging.rerating.ChangeState,
    "ReratingState": charging.rerating.RunState,
    "Service": catalogue.Service,
    "SubscriptionState": subscriptions.SubscriptionState,
    "TariffReplayState": charging.replay.ReplayState,
    "TierMode": catalogue.TierMode,
    "UsageAfterPull": Deed,
    "UsageExceptionKind": mediation.ExceptionKind,
    "UsageFailureBatchKind": failure_log.BatchKind,
    "UsageFailureBatchState": failure_log.BatchState,
    "UsageFailureDeed": failure_log.FailureDeed,
    "UsageFailureState": failure_log.FailureState,
    "UsageFileDeed": FileDeed,
    "UsageFileState": mediation.FileState,
    "UsageSourceKind": sources.SourceKind,
    "UsageStatus": charging.RatedStatus,
    "UsageTotalsBy": charging.By,
    "VerificationState": party.VerificationState,
    "ZoneTreatment": catalogue.Treatment,
}


def own_types(schema: GraphQLSchema) -> Iterator[GraphQLNamedType]:
    return (kind for name, kind in schema.type_map.items() if not name.startswith("__"))


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_printed_schema_is_that_of_the_code(name: str) -> None:
    assert (FOLDER / f"{name}.graphql").read_text("utf-8") == printed_schemas(FOLDER)[name]


@pytest.mark.parametrize("name", SCHEMAS)
def test_everything_is_described(name: str) -> None:
    bare = []
    for kind in own_types(SCHEMAS[name]):
        if not kind.description:
            bare.append(kind.name)
        if isinstance(kind, WITH_FIELDS):
            bare += [f"{kind.name}.{key}" for key, field in kind.fields.items() if not field.description]
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            bare += [
                f"{kind.name}.{key}({argument})"
                for key, field in kind.fields.items()
                for argument, value in field.args.items()
                if not value.description
            ]
        if isinstance(kind, GraphQLEnumType):
            bare += [f"{kind.name}.{key}" for key, value in kind.values.items() if not value.description]
    assert bare == []


@pytest.mark.parametrize("name", SCHEMAS)
def test_no_number_is_a_float(name: str) -> None:
    assert "Float" not in SCHEMAS[name].type_map


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_mutation_has_one_input_and_a_payload_with_user_errors(name: str) -> None:
    mutation = SCHEMAS[name].mutation_type
    assert mutation is not None
    for key, field in mutation.fields.items():
        title = key[0].upper() + key[1:]
        assert list(field.args) == ["input"], key
        assert str(field.args["input"].type) == f"{title}Input!", key
        assert str(field.type) == f"{title}Payload!", key
        payload = get_named_type(field.type)
        assert isinstance(payload, GraphQLObjectType)
        assert str(payload.fields["userErrors"].type) == "[UserError!]!", key
        assert str(payload.fields["warnings"].type) == "[Warning!]!", key


@pytest.mark.parametrize("name", SCHEMAS)
def test_connections_are_relays_and_have_nodes(name: str) -> None:
    for kind in own_types(SCHEMAS[name]):
        if isinstance(kind, GraphQLObjectType) and kind.name.endswith("Connection"):
            assert set(kind.fields) == {"edges", "nodes", "pageInfo", "totalCount"}, kind.name
    for kind in own_types(SCHEMAS[name]):
        for key, field in getattr(kind, "fields", {}).items():
            if get_named_type(field.type).name.endswith("Connection"):
                assert {"first", "after"} <= set(field.args), f"{kind.name}.{key}"


@pytest.mark.parametrize("name", SCHEMAS)
def test_items_of_a_list_are_never_null(name: str) -> None:
    for kind in own_types(SCHEMAS[name]):
        for key, field in getattr(kind, "fields", {}).items():
            inner = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
            if is_list_type(inner):
                assert isinstance(inner.of_type, GraphQLNonNull), f"{kind.name}.{key}"


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_enum_shows_what_its_domain_knows(name: str) -> None:
    shown = {kind.name: kind for kind in own_types(SCHEMAS[name]) if isinstance(kind, GraphQLEnumType)}
    for kind, domain in MIRRORED.items():
        if kind in shown:
            assert {value.value for value in shown[kind].values.values()} == {member.value for member in domain}, kind
    codes = shown["UserErrorCode"].values
    assert set(codes) == set(refusals())


def test_every_refusal_of_this_package_has_its_code_too() -> None:
    for module in pkgutil.walk_packages(mvne_graphql.__path__, "mvne_graphql."):
        for item in vars(importlib.import_module(module.name)).values():
            if isinstance(item, type) and issubclass(item, DomainError):
                assert item.code in refusals(), f"{item.__module__}.{item.__name__}"


def test_each_enum_of_the_api_is_compared_with_its_domain() -> None:
    found = {
        item.__strawberry_definition__.name
        for module in pkgutil.walk_packages(mvne_graphql.__path__, "mvne_graphql.")
        for item in vars(importlib.import_module(module.name)).values()
        if isinstance(item, type) and issubclass(item, Enum) and hasattr(item, "__strawberry_definition__")
    }
    without_counterpart = {
        "AddressRole",
        "AuditOperation",
        "FoundBy",
        "QuantityUnit",
        "SimKind",
        "UsageLogin",
        "UserErrorCode",
    }
    assert found - without_counterpart == set(MIRRORED)
