"""An identity service: it gives tokens with a catalogue, and writes the clouds.yaml that leads to it."""

import json


class Identity:
    """A cloud whose catalogue leads to itself.

    `projects` gives the id of the project by the name of the user; `{project}` in a URL of the catalogue stands for it.
    """

    def __init__(self, fake, path):
        self.fake, self.path, self.issued = fake, path, 0
        self.catalogue = [self.service("compute", fake.url + "/v2.1"), self.service("image", fake.url + "/image")]
        self.projects = {}
        self.refused = False
        fake.routes["GET", "/identity/v3"] = (
            200,
            {
                "version": {
                    "id": "v3.14",
                    "status": "stable",
                    "links": [{"rel": "self", "href": f"{fake.url}/identity/v3/"}],
                }
            },
        )
        fake.routes["POST", "/identity/v3/auth/tokens"] = self.issue

    def service(self, kind, url):
        return {
            "type": kind,
            "name": kind,
            "id": kind,
            "endpoints": [{"interface": "public", "region": "R", "region_id": "R", "url": url, "id": "e"}],
        }

    def issue(self, asked):
        if self.refused:
            return 401, {"error": {"code": 401, "message": "The request you have made requires authentication."}}
        self.issued += 1
        user = asked.json["auth"]["identity"]["password"]["user"]["name"]
        project = self.projects.get(user, "p")
        token = {
            "methods": ["password"],
            "expires_at": "2099-01-01T00:00:00.000000Z",
            "issued_at": "2020-01-01T00:00:00.000000Z",
            "user": {"id": "u", "name": "u", "domain": {"id": "d", "name": "d"}},
            "project": {"id": project, "name": "p", "domain": {"id": "d", "name": "d"}},
            "roles": [],
            "catalog": json.loads(json.dumps(self.catalogue).replace("{project}", project)),
        }
        return 201, {"token": token}, {"X-Subject-Token": f"issued-token-{self.issued:04}"}

    def write(self, **more):
        auth = {
            "auth_url": f"{self.fake.url}/identity/v3",
            "username": "u",
            "password": "open-sesame-99",
            "project_name": "p",
            "user_domain_name": "d",
            "project_domain_name": "d",
        }
        clouds = {
            "clouds": {
                "mine": {"auth": auth, "region_name": "R"},
                "boss": {"auth": {**auth, "username": "boss"}, "region_name": "R"},
                **more,
            }
        }
        (self.path / "clouds.yaml").write_text(json.dumps(clouds))
