// Shows /api/openapi.json: every route by resource, with what it takes and answers. Texts only, never markup from the document.
'use strict';

const made = (name, ...children) => {
  const element = document.createElement(name);
  element.append(...children);
  return element;
};
const nameOf = (reference) => reference.split('/').pop();

/** The shape of a schema as a person would write it down. */
function shape(schema, indent = '') {
  if (schema.$ref) return nameOf(schema.$ref);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.oneOf) return schema.oneOf.map((one) => shape(one, indent)).join(' | ');
  if (schema.allOf) return schema.allOf.map((one) => shape(one, indent)).join(' and ');
  if (schema.type === 'array') return `[${shape(schema.items, indent)}]`;
  if (schema.properties) {
    const required = new Set(schema.required ?? []);
    const inner = `${indent}  `;
    const lines = Object.entries(schema.properties).map(([name, value]) => `${inner}${name}${required.has(name) ? '' : '?'}: ${shape(value, inner)}`);
    return `{\n${lines.join('\n')}\n${indent}}`;
  }
  if (schema.additionalProperties) return `{ [name]: ${shape(schema.additionalProperties, indent)} }`;
  return [schema.type ?? 'anything'].flat().join(' | ') + (schema.format ? ` (${schema.format})` : '');
}

function content(what, { description, content: kinds }) {
  const part = made('div', made('p', made('strong', what), description ? ` ${description}` : ''));
  for (const [kind, { schema, 'x-events': events }] of Object.entries(kinds ?? {})) {
    part.append(made('pre', kind === 'application/json' ? shape(schema) : kind));
    for (const [name, event] of Object.entries(events ?? {})) {
      part.append(made('p', made('code', name), ` ${event.description}`), made('pre', shape(event.schema)));
    }
  }
  return part;
}

function parameters(operation, document_) {
  const list = made('dl');
  for (const one of operation.parameters ?? []) {
    const parameter = one.$ref ? document_.components.parameters[nameOf(one.$ref)] : one;
    list.append(made('dt', made('code', parameter.in === 'path' ? `{${parameter.name}}` : `?${parameter.name}=`)), made('dd', parameter.description ?? ''));
  }
  return list;
}

function route(method, path, operation, document_) {
  const row = made('details', made('summary', made('b', method.toUpperCase()), made('code', path), ` ${operation.summary}`));
  if (operation.description) row.append(made('p', operation.description));
  if (operation.security?.length === 0) row.append(made('p', 'Needs no credentials.'));
  row.append(parameters(operation, document_));
  if (operation.requestBody) row.append(content('Takes', operation.requestBody));
  for (const [status, response] of Object.entries(operation.responses)) {
    if (!response.$ref) row.append(content(status, response));
  }
  return row;
}

function show(document_) {
  const page = document.querySelector('main');
  document.querySelector('#about').replaceChildren(`${document_.info.description} Version ${document_.info.version}; as a document: `, Object.assign(made('a', '/api/openapi.json'), { href: '/api/openapi.json' }), '.');
  const groups = new Map();
  for (const [path, operations] of Object.entries(document_.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const [tag] = operation.tags;
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push(route(method, path, operation, document_));
    }
  }
  const schemas = Object.entries(document_.components.schemas).sort().map(([name, schema]) => made('details', made('summary', made('code', name)), made('p', schema.description ?? ''), made('pre', shape(schema))));
  groups.set('Shapes', schemas);
  const contents = made('nav');
  for (const tag of groups.keys()) contents.append(Object.assign(made('a', tag), { href: `#${encodeURIComponent(tag)}` }));
  page.append(contents);
  for (const [tag, rows] of groups) page.append(Object.assign(made('h2', tag), { id: encodeURIComponent(tag) }), ...rows);
}

fetch('/api/openapi.json').then((answer) => answer.json()).then(show, (failure) => {
  document.querySelector('#about').textContent = `The description cannot be read: ${failure.message}`;
});
