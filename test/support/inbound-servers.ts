import { spawnSync } from 'node:child_process';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { NODE, ROOT } from '../../dev/folders.ts';
import { findOwnPort } from './ports.ts';

/** Brings an empty database up to date, as an operator does. */
export function migrate(databaseUrl: string): void {
  const env = { ...process.env, DATABASE_URL: databaseUrl };
  const result = spawnSync(NODE, [join(ROOT, 'db', 'migrate.ts')], { cwd: ROOT, env, encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`the migrations failed:\n${result.stdout}${result.stderr}`);
}

/** A way to a server that can be made a dead end: connections stay open, and nothing gets through any more. */
export type Gateway = { address: string; block(): void; close(): Promise<void> };

export async function startGateway(target: string): Promise<Gateway> {
  const [host = '', port = ''] = target.split(':');
  const sockets = new Set<Socket>();
  let blocked = false;
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  };
  const server = createServer((from) => {
    const to = connect(Number(port), host);
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const) {
      keep(one);
      one.on('data', (bytes) => blocked || other.write(bytes));
      one.once('close', () => other.destroy());
    }
  });
  const own = await findOwnPort();
  await new Promise<void>((resolve) => server.listen(own, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${own}`,
    block: () => {
      blocked = true;
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
