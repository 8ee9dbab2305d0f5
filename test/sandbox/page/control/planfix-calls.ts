import { call } from './client.ts';

const accountPath = (account: string) => `planfix/${encodeURIComponent(account)}`;

/** `on` is the card that the button is on. */
export type PressedOn = { task: number } | { contact: number };

export const pressButton = (
  account: string,
  button: number,
  pressed: PressedOn & { by: string; answers: Record<string, string> },
) => call('POST', `${accountPath(account)}/buttons/${button}/press`, pressed);

/** Ends a freeze at once. */
export const thaw = (account: string) => call('POST', `${accountPath(account)}/hint/thaw`);

/** As an employee starts one: with a template, and a contact or a colleague as its assigner. */
export type NewTask = { name: string; description: string; template: number; assigner: string };

export const createTask = (account: string, task: NewTask) =>
  call<{ id: number }>('POST', `${accountPath(account)}/tasks`, task);

export const createContact = (account: string, contact: { name: string; phone: string }) =>
  call<{ id: number }>('POST', `${accountPath(account)}/contacts`, contact);
