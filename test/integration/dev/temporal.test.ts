import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { createTestNamespace, type OutageTemporal, startOutageTemporal } from '../../support/temporal.ts';

async function withClient<T>(
  at: { address: string; namespace: string },
  use: (client: Client) => Promise<T>,
  connectTimeout = 30_000,
): Promise<T> {
  const connection = await Connection.connect({ address: at.address, connectTimeout });
  try {
    return await use(new Client({ connection, namespace: at.namespace }));
  } finally {
    await connection.close();
  }
}

const start = (client: Client, workflowId: string) =>
  client.workflow.start('anything', { workflowId, taskQueue: 'nobody-polls' });

describe('a test namespace', () => {
  it('sees only its own workflows', async () => {
    const [one, other] = await Promise.all([createTestNamespace(), createTestNamespace()]);
    await withClient(one, (client) => start(client, 'only-here'));
    await withClient(one, (client) => client.workflow.getHandle('only-here').describe());
    const elsewhere = withClient(other, (client) => client.workflow.getHandle('only-here').describe());
    await expect(elsewhere).rejects.toMatchObject({ name: 'WorkflowNotFoundError' });
  });
});

describe('a server that a test stops and starts', () => {
  let server: OutageTemporal;
  beforeAll(async () => {
    server = await startOutageTemporal();
  });
  afterAll(() => server.remove());

  it.each(['clean', 'kill'] as const)('is away in between (%s) and has its workflows afterwards', async (how) => {
    await withClient(server, (client) => start(client, `kept-${how}`));
    await server.stop(how);
    await expect(withClient(server, async () => {}, 2_000)).rejects.toThrow();
    await server.start();
    const description = await withClient(server, (client) => client.workflow.getHandle(`kept-${how}`).describe());
    expect(description.status.name).toBe('RUNNING');
  });
});
