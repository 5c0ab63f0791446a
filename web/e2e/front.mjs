// The web app as built in dist/, in front of a hub that may have an older one embedded: for work on the app without building the hub.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { extname, join, normalize } from 'node:path';

const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.json': 'application/json' };

/** Serves `dist` with the hub's own policy and passes everything else on. Answers the server, listening on a free port. */
export async function startFront(dist, hubUrl) {
  const hub = new URL(hubUrl);
  const policy = (await fetch(hub)).headers.get('content-security-policy') ?? '';
  const server = createServer((incoming, outgoing) => {
    const path = new URL(incoming.url, hub).pathname;
    if (/^\/(api|health|metrics)(\/|$)/.test(path)) {
      const passed = request({ host: hub.hostname, port: hub.port, path: incoming.url, method: incoming.method, headers: { ...incoming.headers, host: hub.host, ...(incoming.headers.origin ? { origin: hub.origin } : {}) } }, (answer) => {
        outgoing.writeHead(answer.statusCode, answer.headers);
        answer.pipe(outgoing);
        answer.on('error', () => outgoing.destroy());
      });
      passed.on('error', () => outgoing.destroy());
      outgoing.on('close', () => passed.destroy());
      incoming.pipe(passed);
      return;
    }
    const file = join(dist, normalize(path));
    const found = existsSync(file) && statSync(file).isFile() ? file : join(dist, 'index.html');
    outgoing.writeHead(200, { 'content-type': types[extname(found)] ?? 'application/octet-stream', 'content-security-policy': policy, 'cache-control': 'no-store' });
    outgoing.end(readFileSync(found));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
