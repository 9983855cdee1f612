"""The customers endpoints. Every command has its own path and takes the same payload as in a push."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from core.actor import Actor
from core.errors import Forbidden
from core.rest import fenced, get_row, json_response, list_page, run_command
from core.rest_schemas import READ_ERRORS, WRITE_RESPONSES, ErrorBody, PageQuery
from customers import pin_schemas, policies, queries, schemas
from customers.commands.assignment import rehearse_reassign
from customers.feed import CONTACT, CUSTOMER, PIN_PROPOSAL, SITE

router = Router(tags=["customers"])


# Customers. Paths with a verb stand before those with an id, which would match them too.


@router.get("/customers", response={200: schemas.CustomerPage} | READ_ERRORS)
@fenced
def list_customers(request: HttpRequest, filters: Query[schemas.CustomerQuery]) -> HttpResponse:
    """The customers you may see, by name; archived ones only on request."""
    rows = queries.list_customers(
        _actor(request),
        search=filters.q,
        owner_id=filters.owner_id,
        territory_id=filters.territory_id,
        customer_class=filters.customer_class,
        channel=filters.channel,
        stage=filters.stage,
        archived=filters.archived,
        updated_since=filters.updated_since,
    )
    return list_page(_actor(request), CUSTOMER, rows, order=["name"], cursor=filters.cursor, limit=filters.limit)


@router.post("/customers", response=WRITE_RESPONSES)
def create(request: HttpRequest, payload: schemas.CreateCustomer) -> HttpResponse:
    """Add a customer (`customers.create`)."""
    return run_command(request, "customers.create", payload, row_id=payload.id)


@router.post("/customers/archive", response=WRITE_RESPONSES)
def archive(request: HttpRequest, payload: schemas.CustomerId) -> HttpResponse:
    """Put a customer away (`customers.archive`)."""
    return run_command(request, "customers.archive", payload, row_id=payload.id)


@router.post("/customers/unarchive", response=WRITE_RESPONSES)
def unarchive(request: HttpRequest, payload: schemas.CustomerId) -> HttpResponse:
    """Have an archived customer back (`customers.unarchive`)."""
    return run_command(request, "customers.unarchive", payload, row_id=payload.id)


@router.post("/customers/delete", response=WRITE_RESPONSES)
def delete(request: HttpRequest, payload: schemas.CustomerId) -> HttpResponse:
    """Remove a customer that has no history for good (`customers.delete`)."""
    return run_command(request, "customers.delete", payload, row_id=payload.id)


# Sites and contacts


@router.post("/customers/add-site", response=WRITE_RESPONSES)
def add_site(request: HttpRequest, payload: schemas.AddSite) -> HttpResponse:
    """Add a place of a customer (`customers.add_site`)."""
    return run_command(request, "customers.add_site", payload, row_id=payload.id)


@router.post("/customers/update-site", response=WRITE_RESPONSES)
def update_site(request: HttpRequest, payload: schemas.UpdateSite) -> HttpResponse:
    """Edit a site field by field (`customers.update_site`)."""
    return run_command(request, "customers.update_site", payload, row_id=payload.id)


@router.post("/customers/remove-site", response=WRITE_RESPONSES)
def remove_site(request: HttpRequest, payload: schemas.SiteId) -> HttpResponse:
    """Remove a site (`customers.remove_site`)."""
    return run_command(request, "customers.remove_site", payload, row_id=payload.id)


@router.get("/customers/pins", response={200: pin_schemas.PinProposalPage} | READ_ERRORS)
@fenced
def list_pins(request: HttpRequest, filters: Query[pin_schemas.PinQuery]) -> HttpResponse:
    """Proposals for pins at the customers you may see, the oldest first."""
    rows = queries.list_pins(_actor(request), filters.state)
    return list_page(
        _actor(request), PIN_PROPOSAL, rows, order=["proposed_at"], cursor=filters.cursor, limit=filters.limit
    )


@router.post("/customers/propose-pin", response=WRITE_RESPONSES)
def propose_pin(request: HttpRequest, payload: pin_schemas.ProposePin) -> HttpResponse:
    """Say where a site is, for a manager to decide (`customers.propose_pin`)."""
    return run_command(request, "customers.propose_pin", payload, row_id=payload.id)


@router.post("/customers/approve-pin", response=WRITE_RESPONSES)
def approve_pin(request: HttpRequest, payload: pin_schemas.ApprovePin) -> HttpResponse:
    """Put the site where the proposal says (`customers.approve_pin`)."""
    return run_command(request, "customers.approve_pin", payload, row_id=payload.id)


@router.post("/customers/reject-pin", response=WRITE_RESPONSES)
def reject_pin(request: HttpRequest, payload: pin_schemas.RejectPin) -> HttpResponse:
    """Leave the site where it is (`customers.reject_pin`)."""
    return run_command(request, "customers.reject_pin", payload, row_id=payload.id)


@router.post("/customers/add-contact", response=WRITE_RESPONSES)
def add_contact(request: HttpRequest, payload: schemas.AddContact) -> HttpResponse:
    """Add a person at a customer (`customers.add_contact`)."""
    return run_command(request, "customers.add_contact", payload, row_id=payload.id)


@router.post("/customers/update-contact", response=WRITE_RESPONSES)
def update_contact(request: HttpRequest, payload: schemas.UpdateContact) -> HttpResponse:
    """Edit a contact field by field (`customers.update_contact`)."""
    return run_command(request, "customers.update_contact", payload, row_id=payload.id)


@router.post("/customers/remove-contact", response=WRITE_RESPONSES)
def remove_contact(request: HttpRequest, payload: schemas.ContactId) -> HttpResponse:
    """Remove a contact (`customers.remove_contact`)."""
    return run_command(request, "customers.remove_contact", payload, row_id=payload.id)


# Who has them


@router.post("/customers/reassign", response=WRITE_RESPONSES)
def reassign(request: HttpRequest, payload: schemas.Reassign) -> HttpResponse:
    """Give customers to a new owner, all of them or none (`customers.reassign`)."""
    return run_command(request, "customers.reassign", payload)


@router.post(
    "/customers/reassign/dry-run",
    response={200: schemas.ReassignPreview, 202: ErrorBody, 400: ErrorBody, 409: ErrorBody, 503: ErrorBody}
    | READ_ERRORS,
)
def rehearse(request: HttpRequest, payload: schemas.Reassign) -> HttpResponse:
    """What `customers.reassign` would change, for each user and on how many devices, if it were sent now.

    It is carried out and rolled back, so the answer is what would happen. What it would refuse or park is answered
    in the same way.
    """
    actor = _actor(request)
    if actor.roles.isdisjoint(policies.ASSIGNERS):
        raise Forbidden
    users = [
        {
            "user_id": user.id,
            "username": user.username,
            "name": user.name,
            "gains": difference.gains,
            "loses": difference.loses,
            "sees": difference.sees,
            "no_longer_sees": difference.no_longer_sees,
            "devices": [{"id": device.id, "name": device.name, "platform": device.platform} for device in devices],
        }
        for user, difference, devices in rehearse_reassign(actor, payload)
    ]
    devices = sum(len(user["devices"]) for user in users)
    return json_response({"customers": len(set(payload.customer_ids)), "users": users, "devices": devices})


@router.post("/customers/share", response=WRITE_RESPONSES)
def share(request: HttpRequest, payload: schemas.ShareCustomer) -> HttpResponse:
    """Let a user see a customer (`customers.share`)."""
    return run_command(request, "customers.share", payload, row_id=payload.customer_id)


@router.post("/customers/unshare", response=WRITE_RESPONSES)
def unshare(request: HttpRequest, payload: schemas.ShareCustomer) -> HttpResponse:
    """Take a share back (`customers.unshare`)."""
    return run_command(request, "customers.unshare", payload, row_id=payload.customer_id)


@router.post("/customers/follow", response=WRITE_RESPONSES)
def follow(request: HttpRequest, payload: schemas.FollowCustomer) -> HttpResponse:
    """Have a customer on your phone that you see as a superior (`customers.follow`)."""
    return run_command(request, "customers.follow", payload, row_id=payload.customer_id)


@router.post("/customers/unfollow", response=WRITE_RESPONSES)
def unfollow(request: HttpRequest, payload: schemas.FollowCustomer) -> HttpResponse:
    """Follow a customer no longer (`customers.unfollow`)."""
    return run_command(request, "customers.unfollow", payload, row_id=payload.customer_id)


# One customer


@router.get("/customers/{customer_id}", response={200: schemas.CustomerOut} | READ_ERRORS)
@fenced
def get_customer(request: HttpRequest, customer_id: UUID) -> HttpResponse:
    """One customer."""
    return get_row(_actor(request), CUSTOMER, queries.get_customer(_actor(request), customer_id))


@router.get("/customers/{customer_id}/sites", response={200: schemas.SitePage} | READ_ERRORS)
@fenced
def list_sites(request: HttpRequest, customer_id: UUID, filters: Query[PageQuery]) -> HttpResponse:
    """The sites of a customer, by name."""
    rows = queries.list_sites_of(queries.get_customer(_actor(request), customer_id).id)
    return list_page(_actor(request), SITE, rows, order=["name"], cursor=filters.cursor, limit=filters.limit)


@router.get("/customers/{customer_id}/site-positions", response={200: schemas.SiteHistory} | READ_ERRORS)
@fenced
def list_positions(request: HttpRequest, customer_id: UUID, site_id: UUID | None = None) -> schemas.SiteHistory:
    """Where a customer's sites, or one of them, were since when, by whose word; the last hundred positions."""
    rows = queries.list_positions(_actor(request), customer_id, site_id)[:100]
    return schemas.SiteHistory(
        items=[schemas.SitePositionOut.model_validate(row, from_attributes=True) for row in rows]
    )


@router.get("/customers/{customer_id}/contacts", response={200: schemas.ContactPage} | READ_ERRORS)
@fenced
def list_contacts(request: HttpRequest, customer_id: UUID, filters: Query[PageQuery]) -> HttpResponse:
    """The contacts of a customer, by name."""
    rows = queries.list_contacts_of(queries.get_customer(_actor(request), customer_id).id)
    return list_page(_actor(request), CONTACT, rows, order=["name"], cursor=filters.cursor, limit=filters.limit)


@router.get("/customers/{customer_id}/access", response={200: schemas.CustomerAccess} | READ_ERRORS)
@fenced
def list_access(request: HttpRequest, customer_id: UUID) -> HttpResponse:
    """Who sees a customer, and why. For managers and administrators."""
    actor = _actor(request)
    if actor.roles.isdisjoint(policies.ASSIGNERS):
        raise Forbidden
    customer = queries.get_customer(actor, customer_id)
    items = [
        {
            "user_id": user.id,
            "username": user.username,
            "name": user.name,
            "reasons": sorted(seen.reasons),
            "phone": seen.phone,
            "devices": devices,
        }
        for user, seen, devices in queries.list_access(actor, customer.id)
    ]
    return json_response({"items": items})


@router.patch("/customers/{customer_id}", response=WRITE_RESPONSES)
def update(request: HttpRequest, customer_id: UUID, payload: schemas.CustomerEdit) -> HttpResponse:
    """Edit a customer field by field (`customers.update`).

    A field that was changed meanwhile is settled by its policy; the losing value is kept as a conflict.
    """
    changes = payload.model_dump(by_alias=True, exclude_unset=True)
    command = schemas.UpdateCustomer.model_validate({"id": customer_id, **changes})
    return run_command(request, "customers.update", command, row_id=customer_id)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return actor
