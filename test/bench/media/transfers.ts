import { setTimeout as delay } from 'node:timers/promises';
import type { Company } from '../main-job/companies.ts';
import type { BenchServers } from '../servers.ts';

const PATIENCE_MS = 10 * 60_000;
const LOOK_EVERY_MS = 50;

export async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const endsAt = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > endsAt) throw new Error(`never happened: ${what}`);
    await delay(LOOK_EVERY_MS);
  }
}

type File = { name: string; sizeBytes: number };
type Task = { id: number; description: string; counterparty: { id: string }; files: File[]; comments: Comment[] };
type Comment = { id: number; description: string; files: File[] };

export async function taskOf({ sandbox }: BenchServers, { account }: Company): Promise<Task | undefined> {
  return (await sandbox.control<{ tasks: Task[] }>('GET', `planfix/${account}`)).tasks[0];
}

let seed = 0;

/** The customer sends a document of so many bytes; ends when a comment of the task holds it, or says why not. */
export async function sendIn(servers: BenchServers, company: Company, size: number): Promise<File | string> {
  seed += 1;
  const name = `in-${seed}.pdf`;
  const before = (await taskOf(servers, company))?.comments.length ?? 0;
  await servers.sandbox.control('POST', 'graph/messages', {
    phoneNumberId: company.phoneNumberId,
    from: company.customer,
    media: { kind: 'document', size, seed, mimeType: 'application/pdf', filename: name },
  });
  return until(`${name} in Planfix`, async () => {
    const comments = (await taskOf(servers, company))?.comments ?? [];
    const file = comments.flatMap((comment) => comment.files).find((entry) => entry.name === name);
    if (file) return file;
    const refused = comments.slice(before).find((comment) => /too large|larger/i.test(comment.description));
    return refused?.description;
  });
}

type ChatItem = { from: string; media?: { filename?: string; size: number } };

/** An employee answers with a file of so many bytes; ends when the customer has it, or the task says why not. */
export async function sendOut(servers: BenchServers, company: Company, size: number): Promise<ChatItem | string> {
  seed += 1;
  const name = `out-${seed}.pdf`;
  const task = await taskOf(servers, company);
  if (!task) throw new Error('the company has no task');
  await servers.sandbox.control('POST', `planfix/${company.account}/comments`, {
    task: task.id,
    author: 'user:3',
    html: '',
    notify: [task.counterparty.id],
    files: [{ name, size, seed, head: Buffer.from('%PDF-1.7\n').toString('base64') }],
  });
  return until(`${name} in the chat`, async () => {
    const path = `graph/customers/${company.customer}/messages?phoneNumberId=${company.phoneNumberId}`;
    const { items } = await servers.sandbox.control<{ items: ChatItem[] }>('GET', path);
    const item = items.find((entry) => entry.media?.filename === name);
    if (item) return item;
    const note = (await taskOf(servers, company))?.comments.find((comment) => comment.description.includes(name));
    return note?.description;
  });
}
