import { PlanfixFailure } from './failure.ts';
import { releaseContent } from './file-content.ts';
import type { Account, Comment, ReceivedFile, StoredFile, Task } from './model.ts';
import { list, readId } from './people.ts';

/** Makes received bytes a file of the account, attached to nothing yet. */
export function addFile(account: Account, received: ReceivedFile): StoredFile {
  const file: StoredFile = { ...received, id: account.nextFileId, addedAtMs: account.now() };
  account.nextFileId += 1;
  account.files.set(file.id, file);
  account.emit({ kind: 'planfix.file-added', account: account.name, file: file.id });
  return file;
}

/** Throws a PlanfixFailure (400, code 7000) if there is no such file. */
export function findFile(account: Account, id: unknown): StoredFile {
  const file = account.files.get(Number(id));
  if (file === undefined) throw new PlanfixFailure(400, 7000, `File not found by id ${String(id)}`);
  return file;
}

/** The numbers in `[{ id }]`, each once. Throws a PlanfixFailure (400) for a file that does not exist. */
export function parseFiles(account: Account, value: unknown): number[] {
  const ids = list(value).map((item) => findFile(account, readId(item)).id);
  return [...new Set(ids)];
}

/** Adds a file to those of the task's description. */
export function attachToTask(account: Account, task: Task, file: StoredFile): void {
  if (!task.files.includes(file.id)) task.files.push(file.id);
  account.emit({ kind: 'planfix.task-changed', account: account.name, task: task.id });
}

/** A task's files: those of the description, then those of its comments as REST sees them. */
export function filesOfTask(account: Account, task: Task, onlyFromDescription: boolean): StoredFile[] {
  const shown = task.comments.filter((comment) => comment.visible && !comment.isDeleted);
  const ids = onlyFromDescription ? task.files : [...task.files, ...shown.flatMap((comment) => comment.files)];
  return filesById(account, [...new Set(ids)]);
}

export const filesById = (account: Account, ids: number[]): StoredFile[] =>
  ids.flatMap((id) => account.files.get(id) ?? []);

/** Deletes those of the detached files that nothing refers to any more, unless the settings keep them. */
export function dropOrphans(account: Account, detached: number[]): void {
  if (account.settings.orphanedFiles === 'keep') return;
  for (const id of detached) {
    const file = account.files.get(id);
    if (file === undefined || isReferred(account, id)) continue;
    account.files.delete(id);
    releaseContent(file.content);
  }
}

function isReferred(account: Account, id: number): boolean {
  const refers = (one: Task | Comment): boolean => one.files.includes(id);
  return [...account.tasks.values()].some(refers) || [...account.comments.values()].some(refers);
}
