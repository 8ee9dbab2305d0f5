import { BSUID, type KindCase } from './kind-case.ts';

const TARGET = { targetChannelMessageId: 'wamid.TARGET' };
const NEW_BSUID = 'DE.20000000000000000001';
const NOT_SUPPORTED = 'the message type is not supported (code 131051)';

/** Signs about earlier messages, notices of the network, and what nobody can show. */
export const NOTICE_CASES: KindCase[] = [
  {
    fixture: 'reaction',
    read: { messageKind: 'reaction', content: { details: { type: 'reaction', emoji: '👍' } }, ...TARGET },
    en: ['- The customer reacted: 👍', '> Earlier words'],
    ru: ['- Реакция клиента: 👍', '> Earlier words'],
  },
  ...['reaction-removed', 'reaction-removed-as-empty'].map(
    (fixture): KindCase => ({
      fixture,
      read: { messageKind: 'reaction', content: { details: { type: 'reaction' } }, ...TARGET },
      en: ['- The customer took the reaction back.', '> Earlier words'],
      ru: ['- Клиент отменил реакцию.', '> Earlier words'],
    }),
  ),
  {
    fixture: 'edit',
    read: {
      messageKind: 'edit',
      text: 'Two, not three',
      content: { details: { type: 'edit', of: 'text' } },
      ...TARGET,
    },
    en: ['- The customer edited a message.', '> Earlier words', '- It says now:', 'word: Two, not three'],
    ru: ['- Клиент изменил сообщение.', '> Earlier words', '- Новый текст:', 'word: Two, not three'],
  },
  {
    fixture: 'edit-caption',
    read: {
      messageKind: 'edit',
      text: 'New caption',
      content: { details: { type: 'edit', of: 'image' } },
      ...TARGET,
    },
    en: ['- The customer edited a message.', '> Earlier words', '- It says now:', 'word: New caption'],
    ru: ['- Клиент изменил сообщение.', '> Earlier words', '- Новый текст:', 'word: New caption'],
  },
  {
    fixture: 'edit-with-quote',
    read: { messageKind: 'edit', text: 'Four', content: { details: { type: 'edit', of: 'text' } }, ...TARGET },
    en: ['- The customer edited a message.', '> Earlier words', '- It says now:', 'word: Four'],
    ru: ['- Клиент изменил сообщение.', '> Earlier words', '- Новый текст:', 'word: Four'],
  },
  {
    fixture: 'edit-without-words',
    read: { messageKind: 'edit', content: { details: { type: 'edit', of: 'hologram' } }, ...TARGET },
    en: ['- The customer edited a message.', '> Earlier words', '- The new words did not reach us.'],
    ru: ['- Клиент изменил сообщение.', '> Earlier words', '- Новый текст не получен.'],
  },
  {
    fixture: 'revoke',
    read: { messageKind: 'revoke', content: { details: { type: 'revoke' } }, ...TARGET },
    en: ['- The customer deleted a message.', '> Earlier words'],
    ru: ['- Клиент удалил сообщение.', '> Earlier words'],
  },
  {
    fixture: 'revoke-without-target',
    read: { messageKind: 'revoke', content: { details: { type: 'revoke' } } },
    en: ['- The customer deleted a message.', '- It is about a message that is not known here.'],
    ru: ['- Клиент удалил сообщение.', '- Речь о сообщении, которого здесь нет.'],
  },
  {
    fixture: 'request-welcome',
    read: { messageKind: 'request_welcome' },
    en: ['- The customer opened the chat.'],
    ru: ['- Клиент открыл чат.'],
  },
  {
    fixture: 'system-changed-number',
    read: {
      messageKind: 'system',
      customer: { phone: '4915100000002', bsuid: BSUID },
      changedTo: { phone: '4915100000009', bsuid: NEW_BSUID },
      content: { details: { type: 'system', event: 'number-changed', phone: '4915100000009' } },
    },
    en: ['- The customer changed their phone number to +4915100000009. The chat goes on here.'],
    ru: ['- Клиент сменил номер телефона на +4915100000009. Чат продолжается здесь.'],
  },
  {
    fixture: 'system-changed-number-legacy',
    read: {
      messageKind: 'system',
      customer: { phone: '4915100000002' },
      changedTo: { phone: '4915100000009' },
      content: { details: { type: 'system', event: 'number-changed', phone: '4915100000009' } },
    },
    en: ['- The customer changed their phone number to +4915100000009. The chat goes on here.'],
    ru: ['- Клиент сменил номер телефона на +4915100000009. Чат продолжается здесь.'],
  },
  {
    fixture: 'system-changed-number-hidden',
    read: {
      messageKind: 'system',
      customer: { bsuid: BSUID, parentBsuid: 'DE.ENT.1' },
      changedTo: { bsuid: NEW_BSUID, parentBsuid: 'DE.ENT.2' },
      content: { details: { type: 'system', event: 'number-changed' } },
    },
    en: ['- The customer changed their phone number. The new one is hidden; the chat goes on here.'],
    ru: ['- Клиент сменил номер телефона. Новый номер скрыт, чат продолжается здесь.'],
  },
  {
    fixture: 'system-changed-id',
    read: {
      messageKind: 'system',
      customer: { bsuid: BSUID },
      changedTo: { bsuid: NEW_BSUID },
      content: { details: { type: 'system', event: 'id-changed' } },
    },
    en: ['- WhatsApp gave the customer a new ID. There is nothing to do; the chat goes on here.'],
    ru: ['- WhatsApp присвоил клиенту новый ID. Делать ничего не нужно, чат продолжается здесь.'],
  },
  {
    fixture: 'system-identity-changed',
    read: {
      messageKind: 'system',
      customer: { phone: '4915100000002' },
      content: { details: { type: 'system', event: 'identity-changed' } },
    },
    en: ['- The security code of the customer has changed: perhaps a new phone, perhaps another person.'],
    ru: ['- Код безопасности клиента изменился: возможно, новый телефон, возможно, другой человек.'],
  },
  {
    fixture: 'system-of-new-kind',
    read: {
      messageKind: 'system',
      customer: { phone: '4915100000002', bsuid: BSUID },
      content: { details: { type: 'system', event: 'other', notice: 'Anna <b>joined</b> a programme' } },
    },
    en: ['- WhatsApp reports a change of the account of the customer.', '> Anna <b>joined</b> a programme'],
    ru: ['- WhatsApp сообщает об изменении в аккаунте клиента.', '> Anna <b>joined</b> a programme'],
  },
  {
    fixture: 'unsupported-poll',
    read: {
      messageKind: 'unsupported',
      content: { details: { type: 'unsupported', subtype: 'poll_creation', code: 131051 } },
      reason: NOT_SUPPORTED,
    },
    en: ['- A message that cannot be shown here: a poll. Ask the customer to send it again or in another way.'],
    ru: [
      '- Сообщение, которое нельзя показать здесь: опрос. Попросите клиента отправить его ещё раз или другим способом.',
    ],
  },
  {
    fixture: 'unsupported-without-details',
    read: {
      messageKind: 'unsupported',
      providerKind: 'unknown',
      content: { details: { type: 'unsupported', code: 131051 } },
      reason: NOT_SUPPORTED,
    },
    en: ['- A message that cannot be shown here. Ask the customer to send it again or in another way.'],
    ru: ['- Сообщение, которое нельзя показать здесь. Попросите клиента отправить его ещё раз или другим способом.'],
  },
  {
    fixture: 'unsupported-bare',
    read: {
      messageKind: 'unsupported',
      content: { details: { type: 'unsupported' } },
      reason: 'WhatsApp does not pass on messages of this kind',
    },
    en: ['- A message that cannot be shown here. Ask the customer to send it again or in another way.'],
    ru: ['- Сообщение, которое нельзя показать здесь. Попросите клиента отправить его ещё раз или другим способом.'],
  },
  {
    fixture: 'unsupported-in-app',
    read: {
      messageKind: 'unsupported',
      content: { details: { type: 'unsupported', code: 131060, readable: 'in-app' } },
      reason: 'the message can be read in the phone app only (code 131060)',
    },
    en: ['- A message that cannot be shown here. It can be read in the WhatsApp Business app on the phone.'],
    ru: [
      '- Сообщение, которое нельзя показать здесь. Его можно прочитать на телефоне, в приложении WhatsApp Business.',
    ],
  },
  {
    fixture: 'unsupported-edit',
    read: {
      messageKind: 'unsupported',
      content: { details: { type: 'unsupported', subtype: 'edit', code: 131051 } },
      reason: NOT_SUPPORTED,
    },
    en: [
      '- The customer edited an earlier message. WhatsApp does not pass on the new words. Ask the customer to send it again or in another way.',
    ],
    ru: [
      '- Клиент изменил одно из прежних сообщений. WhatsApp не передаёт новый текст. Попросите клиента отправить его ещё раз или другим способом.',
    ],
  },
  {
    fixture: 'unsupported-view-once',
    read: {
      messageKind: 'unsupported',
      content: { details: { type: 'unsupported', subtype: 'view_once', code: 131051 }, viewOnce: true },
      reason: NOT_SUPPORTED,
    },
    en: [
      '- The sender lets it be viewed once only.',
      '- A message that cannot be shown here: view once. Ask the customer to send it again or in another way.',
    ],
    ru: [
      '- Отправитель разрешил только один просмотр.',
      '- Сообщение, которое нельзя показать здесь: view once. Попросите клиента отправить его ещё раз или другим способом.',
    ],
  },
  {
    fixture: 'placeholder-for-media',
    read: {
      messageKind: 'unsupported',
      providerKind: 'media_placeholder',
      content: { details: { type: 'unsupported', subtype: 'media_placeholder' } },
      reason: 'a kind of message that is not known yet',
    },
    en: ['- A message that cannot be shown here: a file. Ask the customer to send it again or in another way.'],
    ru: [
      '- Сообщение, которое нельзя показать здесь: файл. Попросите клиента отправить его ещё раз или другим способом.',
    ],
  },
  {
    fixture: 'type-unknown-to-us',
    read: {
      messageKind: 'unsupported',
      providerKind: 'hologram',
      content: { details: { type: 'unsupported', subtype: 'hologram' } },
      reason: 'a kind of message that is not known yet',
    },
    en: ['- A message that cannot be shown here: hologram. Ask the customer to send it again or in another way.'],
    ru: [
      '- Сообщение, которое нельзя показать здесь: hologram. Попросите клиента отправить его ещё раз или другим способом.',
    ],
  },
];
