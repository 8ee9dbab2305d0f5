import { createServer, type Server } from 'node:http';

/** `GET /health/live`, and `GET /health/ready`, which names each part that is not ready. */
export function serveHealth(port: number, parts: () => Record<string, boolean>): Promise<Server> {
  const server = createServer((request, response) => {
    const states = parts();
    const ready =
      request.url === '/health/ready' ? Object.values(states).every(Boolean) : request.url === '/health/live';
    response.writeHead(ready ? 200 : request.url?.startsWith('/health/') ? 503 : 404, {
      'content-type': 'application/json',
    });
    response.end(JSON.stringify({ ready, ...states }));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, () => resolve(server));
  });
}
