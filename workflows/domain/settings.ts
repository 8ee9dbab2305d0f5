import type { Language } from './message.ts';

/** A connection's settings, as the API takes and returns them. Task and contact templates are Planfix numbers. */
export type ConnectionSettings = {
  taskTemplate: number;
  contactTemplate?: number | undefined;
  /** A text field of the task template that carries our id, so that a lost answer can be looked up on the server. */
  correlationField?: number | undefined;
  /** The status a task gets when its first one forbids comments. */
  initialStatus?: number | undefined;
  /** Prefixed people and groups: `user:3`, `group:2`. */
  additionalAssignees: string[];
  newTaskWhenNoneActive: boolean;
  language: Language;
};

/** One live check of an account or a connection; `remedy` is there when it failed. */
export type ConnectionCheck = { name: string; ok: boolean; message: string; remedy?: string | undefined };
