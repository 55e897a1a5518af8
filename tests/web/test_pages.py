"""The shell: what every reader meets first, in each language, and what is said when something cannot be shown."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.urls import reverse

from sofra.accounts import roles
from sofra.accounts.models import RoleGrant, User
from sofra.web import doors, shell, views

pytestmark = pytest.mark.django_db
PAGES = ("home", "search", "glossary", "permissions", "about", "accessibility", "components")
TEMPLATES = Path(doors.__file__).parent / "templates"


def person(name: str, role: roles.Role) -> User:
    user = User.objects.create_user(f"{name.lower()}@example.org", name=name)
    RoleGrant.objects.create(user=user, role=role.code)
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", ["", "/en", "/mk"])
def test_every_page_has_one_heading_and_says_its_language(client: Client, name: str, language: str) -> None:
    response = client.get(language + reverse(name))
    page = response.content.decode()
    assert response.status_code == 200
    assert page.count("<h1") == 1
    assert f'<html lang="{"en" if language == "/en" else "sq"}">' in page
    assert "<title>" in page
    assert '<main id="content"' in page


@pytest.mark.parametrize("name", PAGES)
def test_no_inline_style_or_script(client: Client, name: str) -> None:
    page = client.get(reverse(name)).content.decode()
    assert not re.search(r"<style|\sstyle=|<script(?![^>]*src)|\son[a-z]+=", page)
    assert not re.search(r'(?:src|href|action)="https?://', page.split("</head>")[0])


def test_the_first_visit_weighs_less_than_80_kilobytes(client: Client) -> None:
    page = client.get(reverse("home")).content
    names = re.findall(rb'(?:src|href)="/static/([^"]+)"', page)
    files = {name.decode() for name in names} | {"sofra/kilim.svg"}
    found = [Path(str(finders.find(name))).read_bytes() for name in files]
    assert len(files) >= 4
    assert sum(len(gzip.compress(body)) for body in [page, *found]) < 80_000


def test_the_switch_keeps_page_and_filters() -> None:
    assert shell.in_language("/en/organisations/", "sq") == "/organisations/"
    assert shell.in_language("/organisations/", "en") == "/en/organisations/"
    assert shell.in_language("/en/", "mk") == "/mk/"
    assert shell.in_language("/energy/", "en") == "/en/energy/"
    page = Client().get("/en/search/?q=puke").content.decode()
    assert 'href="/search/?q=puke" hreflang="sq"' in page
    assert 'href="/cnr/search/?q=puke" hreflang="cnr"' in page


def test_a_language_in_preparation_says_so_in_itself(client: Client) -> None:
    assert "не е преведена" in client.get("/mk/about/").content.decode()
    assert "преведена" not in client.get("/about/").content.decode()


def test_each_role_finds_its_own_ways(client: Client) -> None:
    def ways(client: Client) -> set[str]:
        page = client.get("/en/").content.decode()
        return set(re.findall(r'href="(/en/[a-z]+/)"', page.split("site-nav")[1].split("</nav>")[0]))

    everyone = set("organisations activities plan coverage places schools glossary rounds findings reports".split())
    everyone |= {"training", "councils", "mechanisms", "plans", "indicators", "sources", "tables"}
    assert ways(client) == {f"/en/{way}/" for way in everyone}
    assert "/en/sessions/" in ways(signed_in(person("Drita", roles.MEMBER)))
    assert "/en/proposals/" in ways(signed_in(person("Besa", roles.MEMBER)))
    assert "/en/duplicates/" not in ways(signed_in(person("Cvetan", roles.MEMBER)))
    assert {"/en/duplicates/", "/en/people/", "/en/audit/"} <= ways(signed_in(person("Ana", roles.COORDINATOR)))


def test_the_audit_is_for_its_keepers(client: Client) -> None:
    assert client.get("/audit/").status_code == 302
    assert signed_in(person("Besa", roles.MEMBER)).get("/audit/").status_code == 403
    assert signed_in(person("Ana", roles.COORDINATOR)).get("/audit/").status_code == 200


def test_what_is_not_there_suggests_a_search(client: Client) -> None:
    response = client.get("/en/organisations/al.tryeza-e-grave/")
    assert response.status_code == 404
    assert 'value="tryeza e grave"' in response.content.decode()


def test_a_closed_door_says_for_whom_it_opens() -> None:
    page = signed_in(person("Besa", roles.MEMBER)).get("/en/audit/").content.decode()
    assert str(doors.WHO[doors.KEEPER]) in page or "Coordinators" in page
    assert "Besa" in page


def test_errors_are_drawn_without_a_session(rf: RequestFactory) -> None:
    request = rf.get("/en/anything/")
    assert views.bad_request(request, ValueError()).status_code == 400
    assert views.permission_denied(request, PermissionDenied()).status_code == 403
    assert views.csrf_failure(request).status_code == 403


def test_the_page_for_our_own_faults_asks_nothing_of_the_database(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    with django_assert_num_queries(0):
        response = views.server_error(HttpRequest())
    assert response.status_code == 500
    assert b"<h1>" in response.content


def test_search_takes_what_people_type(client: Client) -> None:
    for typed in ("", " ", "ë", "%", "'\"<b>", "a" * 500, "Шкодра", "*", "AND OR NOT"):
        response = client.get("/en/search/", {"q": typed})
        assert response.status_code == 200, typed
        assert b"<b>" not in response.content.replace(b"<b>Sofra</b>", b"")


def test_unknown_is_not_zero() -> None:
    drawn = Template('{% stat None "a" %}|{% stat 0 "a" %}').render(Context())
    unknown, zero = drawn.split("|")
    assert "unknown" in unknown
    assert "0" not in unknown
    assert "<strong>0</strong>" in zero


def test_what_people_wrote_is_escaped_by_every_tag() -> None:
    evil = "<script>x</script>"
    source = (
        "{% provenance evil evil %}{% stat evil evil evil %}{% breadcrumbs evil evil evil %}{% progress 1 2 evil %}"
        '{% steps 1 evil %}{% status "done" evil %}{% sort_th "n" evil %}{% class_label evil %}'
    )
    assert "<script" not in Template(source).render(Context({"evil": evil}))


def test_the_summary_of_errors_leads_to_the_fields() -> None:
    from sofra.web.examples import ExampleForm

    drawn = Template("{% error_summary form %}{{ form }}").render(Context({"form": ExampleForm({"name": ""})}))
    for target in re.findall(r'<a href="#([^"]+)"', drawn):
        assert f'id="{target}"' in drawn
    assert 'aria-describedby="id_name_helptext id_name_error"' in drawn
    assert 'id="id_name_error"' in drawn
