import { type Company, eventually, type Parley } from './parley.ts';

/** A template as `GET /v1/templates` shows it, as far as tests look. */
export type ShownTemplate = {
  id: string;
  name: string;
  language: string;
  category: string;
  status: string;
  statusReason: string | null;
  quality: string | null;
  version: number;
  sendable: boolean;
  replacedAt: string | null;
  preview: string;
  needs: { body: { placeholder: string; example?: string }[] };
  example: { name: string; language: string; parameters?: Record<string, unknown> };
};

export async function templatesOf(parley: Parley, { connectionId }: Company): Promise<ShownTemplate[]> {
  return (await parley.rest<{ items: ShownTemplate[] }>('GET', `/v1/templates?connectionId=${connectionId}&limit=200`))
    .items;
}

/** The template of this name, once Parley knows it as the test wants it. */
export const templateOnce = (
  parley: Parley,
  company: Company,
  name: string,
  isIt: (template: ShownTemplate) => boolean = ({ sendable }) => sendable,
  withinMs?: number,
): Promise<ShownTemplate> =>
  eventually(
    `the template ${name} as wanted`,
    async () => (await templatesOf(parley, company)).find((template) => template.name === name && isIt(template)),
    withinMs,
  );

/** The network approves a new template (a body of `POST /control/graph/templates`) and tells of it; Parley knows it then. */
export async function approveTemplate(
  parley: Parley,
  company: Company,
  template: { name: string; language: string; body: string; [more: string]: unknown },
): Promise<ShownTemplate & { channelId: string }> {
  const { wabaId } = company;
  const { id } = await parley.sandbox.control<{ id: string }>('POST', 'graph/templates', {
    wabaId,
    tell: true,
    ...template,
  });
  return { ...(await templateOnce(parley, company, template.name)), channelId: id };
}

/** What the network does with a template: `pause`, `category`, `delete`, and so on. */
export const changeTemplate = (parley: Parley, channelId: string, action: string, body: Record<string, unknown> = {}) =>
  parley.sandbox.control('POST', `graph/templates/${channelId}/${action}`, body);
