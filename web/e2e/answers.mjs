// Holds answers of a hub, and the events of its streams, to the OpenAPI document that it serves: the route, the status, the kind of content and every field. A field that the document does not name is as wrong as one that is missing.
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

/** The events in `text`, which may end in the middle of one: `rest` is what belongs to the next. */
function eventsIn(text) {
  const blocks = text.split('\n\n');
  const rest = blocks.pop();
  const events = blocks.map((block) => {
    const event = { name: '', data: '' };
    for (const line of block.split('\n')) {
      if (line.startsWith('event: ')) event.name = line.slice(7);
      if (line.startsWith('data: ')) event.data += line.slice(6);
    }
    return event;
  });
  return { events: events.filter(({ data }) => data !== ''), rest }; // without data it is a comment, or when to come back
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
    this.streams = 0;
    this.heldEvents = 0;
    // Letters before captures, so that the first route that fits is the one that answers.
    this.routes = Object.keys(document.paths)
      .sort((a, b) => (a.match(/\{/g) ?? []).length - (b.match(/\{/g) ?? []).length)
      .map((pattern) => [pattern, new RegExp(`^${pattern.replaceAll('.', '\\.').replace(/\{[^/]+\}/g, '[^/]+')}$`)]);
  }

  /** Every answer that a page of this context gets, every event of its streams, and what a test asks beside its pages. */
  watch(context) {
    context.on('response', (response) => this.pending.push(this.#held(response)));
    const { request } = context;
    const fetch = request.fetch.bind(request);
    request.fetch = async (...asked) => {
      const answer = await fetch(...asked);
      const type = answer.headers()['content-type'] ?? '';
      const method = (asked[1]?.method ?? 'GET').toUpperCase();
      this.hold({ method, url: answer.url(), status: answer.status(), type, body: type.startsWith('application/json') ? await answer.text() : '' });
      return answer;
    };
    context.on('page', (page) => this.pending.push(this.#watchStreams(page).catch((failure) => this.#closedMeanwhile(page, failure))));
  }

  /** A stream has no end, and so no body: its bytes are seen as they come. */
  async #watchStreams(page) {
    const session = await page.context().newCDPSession(page);
    const streams = new Map();
    const read = (requestId, bytes) => {
      const stream = streams.get(requestId);
      const { events, rest } = eventsIn(stream.rest + stream.decoder.decode(Buffer.from(bytes, 'base64'), { stream: true }));
      stream.rest = rest;
      for (const { name, data } of events) this.holdEvent(stream.url, name, data);
    };
    session.on('Network.responseReceived', ({ requestId, response: { url, mimeType } }) => {
      if (mimeType !== 'text/event-stream' || !isApi(new URL(url).pathname)) return;
      const stream = { url, rest: '', decoder: new TextDecoder(), early: [] };
      this.streams += 1;
      streams.set(requestId, stream);
      const begun = session.send('Network.streamResourceContent', { requestId }).then(({ bufferedData }) => {
        const early = stream.early;
        stream.early = null;
        for (const bytes of [bufferedData, ...early]) read(requestId, bytes);
      });
      this.pending.push(begun.catch(() => streams.delete(requestId))); // it ended, or the page was left, before it was looked into
    });
    session.on('Network.dataReceived', ({ requestId, data }) => {
      const stream = data === undefined ? undefined : streams.get(requestId);
      if (stream?.early) stream.early.push(data);
      else if (stream) read(requestId, data);
    });
    await session.send('Network.enable');
  }

  #closedMeanwhile(page, failure) {
    if (!page.isClosed()) throw failure;
  }

  /** `name` is empty for an event without one. */
  holdEvent(url, name, data) {
    const path = new URL(url, 'http://hub').pathname;
    const known = name || 'message';
    const content = this.document.paths[path]?.get?.responses['200']?.content?.['text/event-stream'];
    const event = content?.['x-events']?.[known];
    this.heldEvents += 1;
    const validate = event && this.#shape(`event ${known} ${path}`, event.schema);
    const why = !event ? 'the document does not have this event' : validate(JSON.parse(data)) ? '' : this.ajv.errorsText(validate.errors);
    if (why) this.wrong.push(`${path} told '${known}': ${why}\n${data.slice(0, 1000)}`);
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
    assert.ok(this.streams === 0 || this.heldEvents > 0, `${this.streams} streams were opened and no event of theirs was seen`);
  }
}
