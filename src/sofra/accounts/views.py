"""Pages on which people look after accounts, and the one on which an invited person joins."""

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.login import record_authentication
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from . import forms, own_account, queries, roles, rules, services
from .access import require
from .models import Invitation, RoleGrant


@never_cache
def people(request: HttpRequest) -> HttpResponse:
    """Everyone with an account, the roles they hold, and the invitations that wait."""
    everyone = queries.people_for(request.user)
    waiting = queries.open_invitations_for(request.user)
    return render(request, "accounts/people.html", {"people": everyone, "invitations": waiting, "roles": roles.ALL[1:]})


@never_cache
def people_invite(request: HttpRequest) -> HttpResponse:
    user = require(request.user, roles.COORDINATOR, roles.TECHNICAL)
    form = forms.Invite(request.POST or None, by=user)
    if form.is_valid():
        try:
            invitation, link = services.invite(**form.cleaned_data, by=user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            # Shown in this answer only: the link is kept nowhere, so no page can show it again.
            return render(request, "accounts/invited.html", {"invitation": invitation, "link": link})
    return render(request, "accounts/invite.html", {"form": form, "roles": rules.roles_to_give(user.roles_held)})


def invitation_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    user = require(request.user, roles.COORDINATOR, roles.TECHNICAL)
    invitation = get_object_or_404(Invitation, pk=pk)
    try:
        services.withdraw_invitation(invitation, by=user)
        messages.success(request, _("The invitation is withdrawn. Its link no longer opens."))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("people")


@never_cache
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: the roles held and ended, with who gave them."""
    user = require(request.user, roles.COORDINATOR, roles.TECHNICAL)
    shown = queries.person_for(user, pk)
    form = forms.GiveRole(request.POST or None, by=user)
    if form.is_valid():
        try:
            services.grant_role(user=shown, role=form.cleaned_data["role"], by=user)
        except ValidationError as refusal:
            form.add_error("role", refusal)
        else:
            messages.success(request, _("The role is given."))
            return redirect("person", pk=shown.pk)
    context = {"person": shown, "grants": queries.grants_of(shown), "form": form, "own": shown.pk == user.pk}
    return render(request, "accounts/person.html", context)


def role_end(request: HttpRequest, pk: int, grant: int) -> HttpResponse:
    user = require(request.user, roles.COORDINATOR, roles.TECHNICAL)
    held = get_object_or_404(RoleGrant, pk=grant, user_id=pk)
    try:
        services.end_role(held, by=user)
        messages.success(request, _("The role has ended."))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("account") if pk == user.pk else redirect("person", pk=pk)


@never_cache
@sensitive_variables("token", "form")
@sensitive_post_parameters("password1", "password2")
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Where the link of an invitation leads: the person chooses a name and a way to sign in."""
    found = queries.invitation_by(token)
    if found is None or not found.is_open:
        return render(request, "accounts/invitation_closed.html", {"invitation": found}, status=410)
    if request.user.is_authenticated:
        return render(request, "accounts/invitation_other.html", {"invitation": found})
    form = forms.Accept(request.POST or None, email=found.email, initial={"name": found.name})
    if form.is_valid():
        given = form.cleaned_data
        try:
            user = services.accept_invitation(
                token=token, name=given["name"], password=given["password"], language=get_language() or "sq"
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            get_adapter(request).login(request, user)
            # The secret link was as good as signing in again: the first key can be made without a second proof.
            record_authentication(request, user, method="invitation", reauthenticated=True)
            messages.success(request, _("Welcome, %(name)s.") % {"name": user.name})
            return redirect("account" if given["password"] else reverse("mfa_add_webauthn"))
    return render(request, "accounts/invitation.html", {"invitation": found, "form": form})


@never_cache
def account(request: HttpRequest) -> HttpResponse:
    """One's own account: name, language, roles, ways to sign in."""
    user = require(request.user)
    known = {"name": user.name, "language": user.language}
    form = forms.Profile(request.POST or None, initial=known)
    if form.is_valid():
        services.change_profile(user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("account")
    others = sum(1 for one in own_account.sessions_of(user) if one.pk != request.session.session_key)
    context = {"form": form, "grants": queries.grants_of(user), "others": others}
    return render(request, "accounts/account.html", context)


@never_cache
@reauthentication_required
def account_address(request: HttpRequest) -> HttpResponse:
    """Another address to sign in with: asked for here, proven by a letter."""
    user = require(request.user)
    if refused := ratelimit.consume_or_429(request, action="manage_email", user=user):
        return refused
    form = forms.NewAddress(request.POST or None)
    if form.is_valid():
        try:
            own_account.ask_for_address(user, form.cleaned_data["email"])
        except ValidationError as refusal:
            form.add_error("email", refusal)
        else:
            messages.success(
                request, _("A letter is on its way to the new address. Open its link here, while you are signed in.")
            )
            return redirect("account")
    return render(request, "accounts/address.html", {"form": form})


@never_cache
def account_address_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Where the letter leads. Only the person who asked may finish it: a mistyped address gives nothing away."""
    user = require(request.user)
    address = own_account.address_asked_for(user, token)
    if request.method == "POST":
        try:
            own_account.change_address(user, token)
            messages.success(request, _("From now on you sign in with the new address."))
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        return redirect("account")
    return render(request, "accounts/address_confirm.html", {"address": address}, status=200 if address else 410)


def account_sessions_end(request: HttpRequest) -> HttpResponse:
    user = require(request.user)
    ended = own_account.end_other_sessions(user, but=request.session.session_key)
    said = ngettext("%(n)s other sign-in has ended.", "%(n)s other sign-ins have ended.", ended) % {"n": ended}
    messages.success(request, said)
    return redirect("account")


def _has_no_password(request: HttpRequest) -> bool:
    return not (request.user.is_authenticated and request.user.has_usable_password())


@never_cache
@reauthentication_required(enabled=_has_no_password)  # others write their password into the form
@sensitive_post_parameters("password")
def account_close(request: HttpRequest) -> HttpResponse:
    """The end of one's own account."""
    user = require(request.user)
    if refused := ratelimit.consume_or_429(request, action="reauthenticate", user=user):
        return refused
    form = forms.CloseAccount(request.POST or None, user=user)
    if form.is_valid():
        try:
            own_account.close_account(user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            logout(request)
            messages.success(request, _("Your account is closed. Thank you for sitting at this table."))
            return redirect("home")
    return render(request, "accounts/close.html", {"form": form})
