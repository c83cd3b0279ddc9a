"""A strict double of NCBI's E-utilities for PubMed.

Esearch by index date, efetch of records, elink from PMC.

Every reply is made, from the E-utilities guide and the PubMed DTD: abstracts in labelled parts, a print date a year
ahead, references with DOIs of their own, records without a DOI or an abstract.
"""

import json
from datetime import date
from typing import Any
from xml.sax.saxutils import escape

from aiohttp import web

from tests.doubles.base import Double

SEARCH = {"db", "term", "datetype", "mindate", "maxdate", "retmode", "retmax", "tool", "email", "api_key"}
LINK = {"dbfrom", "db", "id", "linkname", "retmode", "tool", "email", "api_key"}
FETCH = {"db", "id", "retmode", "rettype", "tool", "email", "api_key"}

DOCTYPE = (
    '<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2026//EN" '
    '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_260101.dtd">\n'
)


class Pubmed(Double):
    """PubMed's search, records and links.

    `records`: by PMID. `found`: query -> PMIDs that match it; a query that is not there finds all. `central`: number at
    PubMed Central -> PMID.
    """

    def __init__(self, records: list[dict[str, Any]] | None = None) -> None:
        super().__init__()
        self.records = {r["pmid"]: r for r in records or []}
        self.found: dict[str, list[str]] = {}
        self.central: dict[str, str] = {}
        self.key = ""

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/esearch.fcgi", self._search), web.get("/efetch.fcgi", self._fetch),
                web.get("/elink.fcgi", self._link)]  # fmt: skip

    async def _search(self, request: web.Request) -> web.Response:
        query = request.query
        if refused := self._refused(query, SEARCH):
            return refused
        if not query.get("term") or query.get("datetype") != "edat" or query.get("retmode") != "json":
            return _json({"esearchresult": {"ERROR": "Empty term and query_key - nothing todo"}})
        low, high = (query.get(n, "").replace("/", "-") for n in ("mindate", "maxdate"))
        matching = self.found.get(query["term"], list(self.records))
        ids = [p for p in matching if low <= self.records[p]["entered"].isoformat() <= high]
        self.accepted(request)
        most = int(query.get("retmax", 20))
        head = {"type": "esearch", "version": "0.3"}
        result = {"count": str(len(ids)), "retmax": str(most), "retstart": "0", "idlist": ids[:most]}
        return _json({"header": head, "esearchresult": result})

    async def _fetch(self, request: web.Request) -> web.Response:
        query = request.query
        if refused := self._refused(query, FETCH):
            return refused
        ids = query.get("id", "").split(",")
        if len(ids) > 200:
            return web.Response(status=414, text="Request-URI Too Long")
        found = [_article(self.records[i]) for i in ids if i in self.records]
        self.accepted(request)
        body = DOCTYPE + "<PubmedArticleSet>" + "\n".join(found) + "</PubmedArticleSet>"
        return web.Response(body=body.encode(), content_type="text/xml")

    async def _link(self, request: web.Request) -> web.Response:
        query = request.query
        if refused := self._refused(query, LINK):
            return refused
        if query.get("dbfrom") != "pmc" or not query.get("id", "").isdecimal():
            return web.json_response({"error": "Invalid uid"}, status=400)
        self.accepted(request)
        linked = {"dbto": "pubmed", "linkname": "pmc_pubmed", "links": [self.central.get(query["id"])]}
        found = [linked] if query["id"] in self.central else []
        return _json(
            {"linksets": [{"dbfrom": "pmc", "ids": [query["id"]], **({"linksetdbs": found} if found else {})}]}
        )

    def _refused(self, query: Any, known: set[str]) -> web.Response | None:
        if set(query) - known or query.get("db") != "pubmed":
            return web.json_response({"error": "Invalid parameter"}, status=400)
        if query.get("api_key") and query["api_key"] != self.key:
            return web.json_response({"error": "API key invalid", "api-key": "hidden"}, status=400)
        return None


def _json(whole: dict[str, Any]) -> web.Response:
    return web.json_response(body=json.dumps(whole).encode())


def make_record(
    pmid: int,
    title: str = "",
    *,
    doi: str = "",
    entered: date = date(2026, 1, 20),
    abstract: list[tuple[str, str]] | None = None,
    journal: str = "Nat Methods",
    printed: int = 2027,
) -> dict[str, Any]:
    """A record. `abstract`: (label, text) parts; `printed`: year of the print issue."""
    parts = [("", f"We study record {pmid}.")] if abstract is None else abstract
    return {
        "pmid": str(pmid),
        "title": title or f"A record on matter {pmid}.",
        "doi": doi,
        "entered": entered,
        "abstract": parts,
        "journal": journal,
        "printed": printed,
    }


def _article(r: dict[str, Any]) -> str:
    day: date = r["entered"]
    texts = "".join(
        f'<AbstractText Label="{escape(label)}">{text}</AbstractText>'
        if label
        else f"<AbstractText>{text}</AbstractText>"
        for label, text in r["abstract"]
    )
    abstract = f"<Abstract>{texts}</Abstract>" if texts else ""
    doi = f'<ArticleId IdType="doi">{escape(r["doi"])}</ArticleId>' if r["doi"] else ""
    when = f"<Year>{day.year}</Year><Month>{day.month}</Month><Day>{day.day}</Day><Hour>6</Hour><Minute>0</Minute>"
    return f"""<PubmedArticle><MedlineCitation Status="Publisher" Owner="NLM"><PMID Version="1">{r["pmid"]}</PMID>
<Article PubModel="Print-Electronic"><Journal><ISSN IssnType="Electronic">1548-7105</ISSN><JournalIssue><PubDate>
<Year>{r["printed"]}</Year><Month>Mar</Month></PubDate></JournalIssue><Title>Journal in full</Title>
<ISOAbbreviation>{escape(r["journal"])}</ISOAbbreviation></Journal><ArticleTitle>{r["title"]}</ArticleTitle>{abstract}
<AuthorList CompleteYN="Y"><Author ValidYN="Y"><LastName>Example</LastName><ForeName>Ada B</ForeName>
<Initials>AB</Initials></Author><Author ValidYN="Y"><CollectiveName>The Sample Consortium</CollectiveName></Author>
</AuthorList><PublicationTypeList><PublicationType UI="D016428">Journal Article</PublicationType></PublicationTypeList>
</Article></MedlineCitation><PubmedData><History><PubMedPubDate PubStatus="entrez">{when}</PubMedPubDate></History>
<PublicationStatus>aheadofprint</PublicationStatus><ArticleIdList>
<ArticleId IdType="pubmed">{r["pmid"]}</ArticleId>{doi}
</ArticleIdList><ReferenceList><Reference><Citation>Somebody else.</Citation><ArticleIdList>
<ArticleId IdType="doi">10.9999/somebody.else</ArticleId></ArticleIdList></Reference></ReferenceList></PubmedData>
</PubmedArticle>"""
