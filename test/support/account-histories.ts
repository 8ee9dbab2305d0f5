import type { Client } from '@temporalio/client';

/** Everything that Temporal keeps of one run, in words: its history, and what lists and pages show of it. */
export type ExportedRun = { workflowId: string; runId: string; type: string; words: string };

/** Exports every run of the client's namespace, or those that a query finds. */
export async function exportRuns(client: Client, query?: string): Promise<ExportedRun[]> {
  const runs: ExportedRun[] = [];
  for await (const info of client.workflow.list(query === undefined ? {} : { query })) {
    const { workflowId, runId, type } = info;
    const handle = client.workflow.getHandle(workflowId, runId);
    const history = await handle.fetchHistory();
    const described = await handle.describe();
    const words = wordsOf([history.events ?? [], described.raw, info.raw]).join('\n');
    runs.push({ workflowId, runId, type, words });
  }
  return runs;
}

/** Every text in a value, bytes read as text: payloads are JSON in bytes. */
function wordsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (value instanceof Uint8Array) return [Buffer.from(value).toString('utf8')];
  if (Array.isArray(value)) return value.flatMap(wordsOf);
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, inner]) => [key, ...wordsOf(inner)]);
  }
  return [];
}

/** What a run itself says to whoever looks at it now; only a worker can answer it. */
export const currentDetailsOf = async (client: Client, workflowId: string): Promise<string> => {
  const metadata = await client.workflow.getHandle(workflowId).query('__temporal_workflow_metadata');
  return JSON.stringify(metadata);
};
