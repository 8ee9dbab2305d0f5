import type { Template } from '../model.ts';
import type { AccountUpdate } from '../webhooks/outbox.ts';
import { partsOf } from './components.ts';

type Fields = Record<string, unknown>;

/** Ids are numbers here, text everywhere else (WhatsApp: template webhooks). */
const naming = ({ id, name, language }: Template): Fields => ({
  message_template_id: Number(id),
  message_template_name: name,
  message_template_language: language,
});

export const statusUpdate = (template: Template, event: string, more: Fields = {}): AccountUpdate => ({
  field: 'message_template_status_update',
  value: {
    event,
    ...naming(template),
    message_template_category: template.category,
    reason: 'NONE',
    ...more,
  },
});

export const qualityUpdate = (template: Template, previous: string): AccountUpdate => ({
  field: 'message_template_quality_update',
  value: {
    previous_quality_score: previous,
    new_quality_score: template.quality.score,
    ...naming(template),
  },
});

/** With `correct`, the change is only announced. */
export const categoryUpdate = (
  template: Template,
  change: { previous: string } | { correct: string },
): AccountUpdate => ({
  field: 'template_category_update',
  value: {
    ...naming(template),
    ...('correct' in change ? { correct_category: change.correct } : { previous_category: change.previous }),
    new_category: template.category,
  },
});

/** Of buttons only those to a page or a phone are told. */
export function componentsUpdate(template: Template): AccountUpdate {
  const { header, body, footer, buttons } = partsOf(template);
  const told = buttons.filter(({ type }) => type === 'URL' || type === 'PHONE_NUMBER');
  return {
    field: 'message_template_components_update',
    value: {
      ...naming(template),
      ...(header?.text === undefined ? {} : { message_template_title: header.text }),
      message_template_element: body,
      ...(footer === undefined ? {} : { message_template_footer: footer }),
      message_template_buttons: told.map(({ type, text, url, phone_number: phone }) => ({
        message_template_button_type: type,
        message_template_button_text: text,
        ...(url === undefined ? {} : { message_template_button_url: url }),
        ...(phone === undefined ? {} : { message_template_button_phone_number: phone }),
      })),
    },
  };
}
