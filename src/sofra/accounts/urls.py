"""Addresses of accounts. Of allauth's, only those that people need are opened; sign-up is not among them."""

from allauth.account import views as allauth_account
from django.urls import include, path, re_path

from . import views

urlpatterns = [
    path("people/", views.people, name="people"),
    path("people/invite/", views.people_invite, name="people_invite"),
    path("people/invitations/<int:pk>/withdraw/", views.invitation_withdraw, name="invitation_withdraw"),
    path("people/<int:pk>/", views.person, name="person"),
    path("people/<int:pk>/roles/<int:grant>/end/", views.role_end, name="role_end"),
    path("invitation/<str:token>/", views.invitation, name="invitation"),
    path("account/", views.account, name="account"),
    path("account/address/", views.account_address, name="account_address"),
    path("account/address/<str:token>/", views.account_address_confirm, name="account_address_confirm"),
    path("account/sessions/end/", views.account_sessions_end, name="account_sessions_end"),
    path("account/close/", views.account_close, name="account_close"),
    path("account/login/", allauth_account.login, name="account_login"),
    path("account/logout/", allauth_account.logout, name="account_logout"),
    path("account/inactive/", allauth_account.account_inactive, name="account_inactive"),
    path("account/reauthenticate/", allauth_account.reauthenticate, name="account_reauthenticate"),
    path("account/password/change/", allauth_account.password_change, name="account_change_password"),
    path("account/password/set/", allauth_account.password_set, name="account_set_password"),
    path("account/password/reset/", allauth_account.password_reset, name="account_reset_password"),
    path("account/password/reset/sent/", allauth_account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^account/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth_account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "account/password/reset/done/",
        allauth_account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("account/keys/", include("allauth.mfa.urls")),
]
