"""What the tests of the generators share: where the tools are, and a small contract to change."""

import sys
import textwrap
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "generate"))

from binding import bind  # noqa: E402
from contract import Contract  # noqa: E402
from documents import Document, parse  # noqa: E402
from refusals import Refusals  # noqa: E402
import queries  # noqa: E402
import rules  # noqa: E402

CONTRACT = """\
openapi: 3.1.0
info: { title: t, version: '1' }
paths:
  /v1/plans:
    get:
      operationId: list_plans
      summary: 方案列表 · The plans
      x-access: [public]
      parameters:
        - { name: limit, in: query, description: d, schema: { type: integer, minimum: 1, maximum: 100, default: 20 } }
        - { name: cursor, in: query, description: d, schema: { type: string, maxLength: 100 } }
        - name: status
          in: query
          description: d
          style: form
          explode: false
          schema: { type: array, maxItems: 2, items: { type: string, enum: [draft, accepted] } }
        - { $ref: '#/components/parameters/format' }
        - { name: headings, in: query, description: d, schema: { type: string, enum: [labels, names] } }
        - { name: bom, in: query, description: d, schema: { type: boolean } }
        - { name: sort, in: query, description: d, schema: { type: string, enum: [title, -title], default: title } }
      responses:
        '200':
          content:
            application/json: { schema: { allOf: [{ $ref: '#/components/schemas/page' }, { $ref: '#/components/schemas/plans' }] } }
            text/csv: { x-weight: 30, schema: { type: string } }
            application/vnd.openxmlformats-officedocument.spreadsheetml.sheet: { x-weight: 50, schema: { type: string } }
    post:
      operationId: create_plan
      summary: 新建方案 · Create a plan
      x-access: [submitter]
      parameters:
        - { $ref: '#/components/parameters/idempotency_key' }
      requestBody:
        required: true
        content: { application/json: { schema: { $ref: '#/components/schemas/plan_create' } } }
      responses:
        '201':
          content: { application/json: { schema: { $ref: '#/components/schemas/plan' } } }
          links: { get_plan: { operationId: get_plan, parameters: { plan_id: '$response.body#/id' } } }
        '401': { description: d }
        '403': { description: d }
        '409': { description: d }
        '422': { description: d }
  /v1/plans/{plan_id}:
    parameters:
      - { $ref: '#/components/parameters/plan_id' }
    get:
      operationId: get_plan
      summary: 方案 · A plan
      x-access: [public]
      responses:
        '200': { content: { application/json: { schema: { $ref: '#/components/schemas/plan' } } } }
        '404': { description: d }
    delete:
      operationId: delete_plan
      summary: 删除方案 · Delete a plan
      x-access: [submitter, administrator]
      parameters:
        - { $ref: '#/components/parameters/if_match' }
      responses:
        '204': { description: d }
        '401': { description: d }
        '403': { description: d }
        '404': { description: d }
        '412': { description: d }
        '428': { description: d }
  /v1/plans/{plan_id}/start_review:
    post:
      operationId: start_review_plan
      summary: 开始审核 · Start the review
      x-access: [reviewer]
      parameters:
        - { $ref: '#/components/parameters/plan_id' }
        - { $ref: '#/components/parameters/if_match' }
        - { $ref: '#/components/parameters/idempotency_key' }
      responses:
        '200': { content: { application/json: { schema: { $ref: '#/components/schemas/plan' } } } }
        '401': { description: d }
        '403': { description: d }
        '404': { description: d }
        '409': { description: d }
        '412': { description: d }
        '428': { description: d }
components:
  parameters:
    format: { name: format, in: query, description: d, schema: { type: string, enum: [json, csv, xlsx, ics, svg, pdf, docx, zip] } }
    plan_id: { name: plan_id, in: path, required: true, description: d, schema: { type: string, format: uuid } }
    if_match: { name: If-Match, in: header, required: true, description: d, schema: { type: string, maxLength: 100 } }
    idempotency_key: { name: Idempotency-Key, in: header, description: d, schema: { type: string, maxLength: 100 } }
  schemas:
    page: { type: object, properties: { items: { type: array }, next_cursor: { type: [string, 'null'] } } }
    plans: { type: object, properties: { items: { type: array, items: { $ref: '#/components/schemas/plan' } } } }
    plan: { type: object, properties: { id: { type: string, description: 标识 · Its id } } }
    plan_create:
      type: object
      additionalProperties: false
      required: [title]
      properties:
        title: { type: string, minLength: 1, maxLength: 100 }
"""

QUERIES = """\
-- name: list_plans
SELECT p.summary, p.title, p.id
  FROM plan p
 WHERE true
   AND p.status = ANY (:status)                          --? status
   AND (p.title, p.id) > (:after_title, :after_id)       --? after, sort=title
   AND (p.title, p.id) < (:after_title, :after_id)       --? after, sort=-title
 ORDER BY p.title, p.id                                  --? sort=title
 ORDER BY p.title DESC, p.id DESC                        --? sort=-title
 LIMIT :limit

-- name: get_plan
SELECT body, version FROM plan_body WHERE id = :plan_id

-- name: create_plan
INSERT INTO plan (id, title) VALUES (:new_id, :title) RETURNING id

-- name: delete_plan
DELETE FROM plan WHERE id = :plan_id AND version = :version RETURNING id

-- name: start_review_plan
UPDATE plan SET status = :action WHERE id = :plan_id AND version = :version RETURNING id

-- helper: refuse_plan
SELECT 'forbidden' AS code, NULL AS params FROM plan WHERE id = :plan_id AND version = :version
"""

PROBLEMS = """\
PROBLEM(not_found, 404, "Not found", "未找到", "Nothing is here.", "没有。")
PROBLEM(plans_overlap, 409, "Overlap", "重叠", "They overlap.", "重叠。")
FINDING(length, "This is too short or too long.", "字数不符合要求。")
FINDING(not_allowed_value, "This is not one of the allowed values.", "此项不在允许的取值范围内。")
FINDING(unknown, "There is no such thing.", "所填的对象不存在。")
"""
WORDS = """\
WORD(current_status, draft, "a draft", "草稿")
WORD(current_status, accepted, "accepted", "审核通过")
WORD(allowed_actions, start_review, "start the review", "开始审核")
"""
LABELS = """\
INSERT INTO label (vocabulary, code, ordinal, zh, en) VALUES
	('plan_status', 'draft', 1, '草稿', 'Draft'),
	('plan_status', 'accepted', 2, '审核通过', 'Accepted'),
	('action', 'start_review', 1, '开始审核', 'Start the review');
INSERT INTO label (vocabulary, code, ordinal, zh, en)
SELECT 'workflow_status', l.code, 1, l.zh, l.en FROM label l WHERE l.vocabulary IN ('plan_status');
"""


def document(text):
    """A contract that is one file."""
    return Document("openapi.yaml", parse("openapi.yaml", text))


def changed(text, *changes):
    """The text with each (old, new) replaced; an old one that is not there is a mistake in the test."""
    for old, new in changes:
        if old not in text:
            raise AssertionError(f"{old!r} is not in the text")
        text = text.replace(old, new)
    return text


def read(text=CONTRACT):
    """A contract and what is refused in it by reading it and by the rules."""
    refusals = Refusals()
    contract = Contract(document(text), refusals)
    rules.check(contract, refusals)
    return contract, refusals.lines


def bound(sql=QUERIES, text=CONTRACT, used=()):
    """The contract, its binding, and everything that is refused."""
    refusals = Refusals()
    contract = Contract(document(text), refusals)
    statements = queries.parse("plans.sql", textwrap.dedent(sql), refusals)
    binding = bind(contract, statements, set(used), refusals)
    return contract, binding, refusals.lines
