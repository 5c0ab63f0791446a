// Holds answers of a hub to the OpenAPI document that it serves: the route, the status, the kind of content and every field. A field that the document does not name is as wrong as one that is missing.
import assert from 'node:assert/strict';
import Ajv from 'ajv/dist/2020.js';

const isApi = (path) => /^\/(api\/|health|metrics)/.test(path) && path !== '/api/openapi.json';

/** A composed schema as one object. */
function flat(schema, schemas) {
  if (schema.$ref) return flat(schemas[schema.$ref.split('/').at(-1)], schemas);
  const parts = (schema.allOf ?? []).map((part) => flat(part, schemas));
  return {
    type: 'object',
    properties: Object.assign({}, ...parts.map((part) => part.properties), schema.properties),
    required: [...parts.flatMap((part) => part.required), ...(schema.required ?? [])],
  };
}

/** The same with nothing allowed that is not named: documents leave that open for what comes later, tests do not. */
function strict(value, schemas) {
  if (Array.isArray(value)) return value.map((one) => strict(one, schemas));
  if (value === null || typeof value !== 'object') return value;
  const whole = value.allOf ? flat(value, schemas) : value;
  const object = Object.fromEntries(Object.entries(whole).map(([name, inner]) => [name, strict(inner, schemas)]));
  return whole.type === 'object' && whole.properties ? { ...object, additionalProperties: false } : object;
}

export class HeldAnswers {
  static async of(hubUrl) {
    return new HeldAnswers(await (await fetch(`${hubUrl}/api/openapi.json`)).json());
  }

  constructor(document) {
    this.document = document;
    this.schemas = strict(document.components.schemas, document.components.schemas);
    this.ajv = new Ajv({ strict: false, validateFormats: false });
    this.shapes = new Map();
    this.pending = [];
    this.wrong = [];
    this.held = 0;
    // Letters before captures, so that the first route that fits is the one that answers.
    this.routes = Object.keys(document.paths)
      .sort((a, b) => (a.match(/\{/g) ?? []).length - (b.match(/\{/g) ?? []).length)
      .map((pattern) => [pattern, new RegExp(`^${pattern.replaceAll('.', '\\.').replace(/\{[^/]+\}/g, '[^/]+')}$`)]);
  }

  /** Every answer that a page of this context gets. */
  watch(context) {
    context.on('response', (response) => this.pending.push(this.#held(response)));
  }

  async #held(response) {
    const type = response.headers()['content-type'] ?? '';
    if (!isApi(new URL(response.url()).pathname)) return;
    // A page that was left meanwhile takes the body with it, and a stream has no end.
    const body = type.startsWith('application/json') ? await response.text().catch(() => '') : '';
    this.hold({ method: response.request().method(), url: response.url(), status: response.status(), type, body });
  }

  hold({ method, url, status, type, body }) {
    const path = new URL(url, 'http://hub').pathname;
    if (!isApi(path)) return;
    this.held += 1;
    const why = this.#wrong(method.toLowerCase(), path, status, type.split(';')[0], body);
    if (why) this.wrong.push(`${method} ${path} answered ${status}: ${why}\n${body.slice(0, 1000)}`);
  }

  #wrong(method, path, status, type, body) {
    const [pattern] = this.routes.find(([one, fits]) => fits.test(path) && this.document.paths[one][method]) ?? [];
    if (!pattern) return status < 400 ? 'the document does not have this route' : '';
    const { responses } = this.document.paths[pattern][method];
    let described = responses[status] ?? (status >= 400 ? responses.default : undefined);
    if (described?.$ref) described = this.document.components.responses[described.$ref.split('/').at(-1)];
    if (!described) return 'the document does not have this status';
    if (!described.content) return body ? 'there is a body, and the document has none' : '';
    if (!described.content[type]) return `the document does not have the content '${type}'`;
    if (type !== 'application/json' || !body) return '';
    const validate = this.#shape(`${method} ${pattern} ${status}`, described.content[type].schema);
    return validate(JSON.parse(body)) ? '' : this.ajv.errorsText(validate.errors);
  }

  #shape(name, schema) {
    if (!this.shapes.has(name)) {
      const whole = { ...strict(schema, this.document.components.schemas), components: { schemas: this.schemas } };
      this.shapes.set(name, this.ajv.compile(whole));
    }
    return this.shapes.get(name);
  }

  /** Fails with all that was wrong so far. */
  async finish() {
    await Promise.all(this.pending);
    assert.deepEqual(this.wrong, [], 'answers are not as the OpenAPI document says');
  }
}
