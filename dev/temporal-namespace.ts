import { Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { waitUntil } from './waiting.ts';

/** What an operator can search conversations by; each is registered with the namespace. */
export const SEARCH_ATTRIBUTES = ['ConnectionId', 'PlanfixTask'];

/** How long a new namespace may take to become known to every part of the server. */
const NAMESPACE_LIMIT_MS = 30_000;
/** The number that Temporal's API gives to a keyword. */
const KEYWORD = 2;
/** gRPC's number of it. */
const NOT_FOUND = 5;
const ONE_DAY_SECONDS = 86_400;

/** Makes the namespace where there is none, with the product's search attributes, and waits until it can be used. */
export async function ensureNamespace(connection: Connection, namespace: string): Promise<void> {
  const { workflowService, operatorService } = connection;
  try {
    await workflowService.describeNamespace({ namespace });
  } catch (error) {
    if ((error as { code?: number }).code !== NOT_FOUND) throw error;
    const workflowExecutionRetentionPeriod = { seconds: ONE_DAY_SECONDS as never };
    await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod });
  }
  let last: unknown;
  const ready = await waitUntil(NAMESPACE_LIMIT_MS, async () => {
    try {
      const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
      const missing = SEARCH_ATTRIBUTES.filter((name) => customAttributes[name] === undefined);
      const searchAttributes = Object.fromEntries(missing.map((name) => [name, KEYWORD]));
      if (missing.length > 0) await operatorService.addSearchAttributes({ namespace, searchAttributes });
      const query = SEARCH_ATTRIBUTES.map((name) => `${name} = "none"`).join(' or ');
      await workflowService.countWorkflowExecutions({ namespace, query });
      return true;
    } catch (error) {
      last = error;
      return undefined;
    }
  });
  if (!ready) throw new Error(`the namespace ${namespace} did not become usable`, { cause: last });
}

/** Prepares a server that runs already, as the environment describes it to all of Temporal's tools. */
export async function prepareExternalTemporal(namespace: string): Promise<void> {
  const { connectionOptions } = loadClientConnectConfig();
  const { address } = connectionOptions;
  try {
    const connection = await Connection.connect(connectionOptions);
    await ensureNamespace(connection, namespace).finally(() => connection.close());
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`The Temporal server at ${address} (TEMPORAL_ADDRESS) cannot be used: ${message}`, { cause });
  }
}
