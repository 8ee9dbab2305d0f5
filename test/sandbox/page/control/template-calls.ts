import { call } from './client.ts';
import type { Fields } from './world.ts';

/** A template as the network has it. */
export type NetworkTemplate = {
  id: string;
  name: string;
  language: string;
  category: string;
  status: string;
  header?: { format: string; text?: string } | null;
  body: string;
  footer?: string | null;
  buttons?: { type: string; text?: string; url?: string }[];
  quality?: string | null;
  rejectedReason?: string | null;
  pausedUntilMs?: number | null;
};

/** What can happen to a template at Meta; `told` by webhook to whoever subscribed. */
export type TemplateAction = 'approve' | 'reject' | 'pause' | 'disable' | 'delete' | 'category';

/** By name and language. */
export async function listTemplates(wabaId: string): Promise<NetworkTemplate[]> {
  const { items } = await call<{ items: NetworkTemplate[] }>(
    'GET',
    `graph/templates?${new URLSearchParams({ wabaId })}`,
  );
  return items.sort((a, b) => a.name.localeCompare(b.name, 'en') || a.language.localeCompare(b.language, 'en'));
}

export const changeTemplate = (id: string, action: TemplateAction, body: Fields = {}) =>
  call('POST', `graph/templates/${encodeURIComponent(id)}/${action}`, body);

export type NewTemplate = {
  wabaId: string;
  name: string;
  language: string;
  category: string;
  status: string;
  header?: string | { format: string };
  body: string;
  footer?: string;
  buttons?: { type: 'QUICK_REPLY'; text: string }[];
  parameterFormat: 'NAMED' | 'POSITIONAL';
};

export const createTemplate = (template: NewTemplate) => call('POST', 'graph/templates', { ...template, tell: true });

/** What the customer allows in the business's profile on their phone. */
export const setMarketing = (phoneNumberId: string, customer: string, marketing: 'stop' | 'resume') =>
  call('POST', 'graph/preferences', { phoneNumberId, customer, marketing });
