import type { KindCase } from './kind-case.ts';

const QUESTION = { quotedChannelMessageId: 'wamid.QUESTION' };

/** What customers choose, fill in and permit. */
export const ANSWER_CASES: KindCase[] = [
  {
    fixture: 'interactive-button',
    read: {
      messageKind: 'interactive',
      text: 'Yes, please',
      content: { details: { type: 'choice', title: 'Yes, please', id: 'yes' } },
      ...QUESTION,
    },
    en: ['> Earlier words', '- Chosen:', 'word: Yes, please'],
    ru: ['> Earlier words', '- Выбрано:', 'word: Yes, please'],
  },
  {
    fixture: 'interactive-list',
    read: {
      messageKind: 'interactive',
      text: 'Express',
      content: { details: { type: 'choice', title: 'Express', description: 'Next day', id: 'r1' } },
    },
    en: ['- Chosen:', 'word: Express', '> Next day'],
    ru: ['- Выбрано:', 'word: Express', '> Next day'],
  },
  {
    fixture: 'button',
    read: {
      messageKind: 'button',
      text: 'Confirm',
      content: { details: { type: 'choice', title: 'Confirm', id: 'confirm' } },
      quotedChannelMessageId: 'wamid.TEMPLATE',
    },
    en: ['> Earlier words', '- Chosen:', 'word: Confirm'],
    ru: ['> Earlier words', '- Выбрано:', 'word: Confirm'],
  },
  {
    fixture: 'button-without-context',
    read: {
      messageKind: 'button',
      text: 'stop',
      content: { details: { type: 'choice', title: 'stop', id: 'stop' } },
    },
    en: ['- Chosen:', 'word: stop'],
    ru: ['- Выбрано:', 'word: stop'],
  },
  {
    fixture: 'interactive-flow',
    read: {
      messageKind: 'interactive',
      content: { details: { type: 'form', name: 'flow', answers: [['size', 'M']] } },
    },
    en: ['- Answers in a form:', 'size = M'],
    ru: ['- Ответы в форме:', 'size = M'],
  },
  {
    fixture: 'interactive-flow-several-answers',
    read: {
      messageKind: 'interactive',
      content: {
        details: {
          type: 'form',
          name: 'flow',
          answers: [
            ['size', 'M'],
            ['colours', 'red, blue'],
            ['gift', 'true'],
            ['address', '{"city":"Berlin"}'],
            ['count', '2'],
          ],
        },
      },
      ...QUESTION,
    },
    en: [
      '> Earlier words',
      '- Answers in a form:',
      'size = M',
      'colours = red, blue',
      'gift = true',
      'address = {"city":"Berlin"}',
      'count = 2',
    ],
    ru: [
      '> Earlier words',
      '- Ответы в форме:',
      'size = M',
      'colours = red, blue',
      'gift = true',
      'address = {"city":"Berlin"}',
      'count = 2',
    ],
  },
  {
    fixture: 'interactive-flow-nul',
    read: {
      messageKind: 'interactive',
      content: { details: { type: 'form', name: 'flow', answers: [['note', 'a\ufffdb']] } },
      ...QUESTION,
    },
    en: ['> Earlier words', '- Answers in a form:', 'note = a\ufffdb'],
    ru: ['> Earlier words', '- Ответы в форме:', 'note = a\ufffdb'],
  },
  {
    fixture: 'interactive-flow-empty',
    read: {
      messageKind: 'interactive',
      content: { details: { type: 'form', name: 'flow', answers: [] } },
      ...QUESTION,
    },
    en: ['> Earlier words', '- A form came back without answers.'],
    ru: ['> Earlier words', '- Форма вернулась без ответов.'],
  },
  {
    fixture: 'interactive-flow-broken',
    read: {
      messageKind: 'interactive',
      content: { details: { type: 'form', name: 'flow', unreadable: '{"size":"M"' } },
      ...QUESTION,
    },
    en: [
      '> Earlier words',
      '- Answers in a form came in a shape that cannot be read. This is what came:',
      'word: {"size":"M"',
    ],
    ru: ['> Earlier words', '- Ответы в форме не удалось разобрать. Вот что пришло:', 'word: {"size":"M"'],
  },
  {
    fixture: 'interactive-flow-not-an-object',
    read: {
      messageKind: 'interactive',
      content: { details: { type: 'form', name: 'flow', unreadable: '"done"' } },
    },
    en: ['- Answers in a form came in a shape that cannot be read. This is what came:', 'word: "done"'],
    ru: ['- Ответы в форме не удалось разобрать. Вот что пришло:', 'word: "done"'],
  },
  {
    fixture: 'interactive-flow-without-json',
    read: {
      messageKind: 'interactive',
      content: { details: { type: 'form', name: 'flow', unreadable: 'Sent' } },
    },
    en: ['- Answers in a form came in a shape that cannot be read. This is what came:', 'word: Sent'],
    ru: ['- Ответы в форме не удалось разобрать. Вот что пришло:', 'word: Sent'],
  },
  {
    fixture: 'interactive-address',
    read: {
      messageKind: 'interactive',
      content: {
        details: {
          type: 'form',
          name: 'address_message',
          answers: [
            ['name', 'Anna'],
            ['address', 'Main Street 1'],
            ['in_pin_code', '400063'],
          ],
        },
      },
      ...QUESTION,
    },
    en: ['> Earlier words', '- Address:', 'name = Anna', 'address = Main Street 1', 'in_pin_code = 400063'],
    ru: ['> Earlier words', '- Адрес:', 'name = Anna', 'address = Main Street 1', 'in_pin_code = 400063'],
  },
  {
    fixture: 'interactive-call-permission',
    read: {
      messageKind: 'interactive',
      content: { details: { type: 'call-permission', granted: true } },
    },
    en: ['- The customer allows calls for some time.'],
    ru: ['- Клиент разрешил звонки на время.'],
  },
  {
    fixture: 'interactive-call-permission-lasting',
    read: {
      messageKind: 'interactive',
      content: { details: { type: 'call-permission', granted: true, lasting: true } },
    },
    en: ['- The customer allows calls.'],
    ru: ['- Клиент разрешил звонки.'],
  },
  {
    fixture: 'interactive-call-permission-refused',
    read: {
      messageKind: 'interactive',
      content: { details: { type: 'call-permission', granted: false } },
    },
    en: ['- The customer does not allow calls.'],
    ru: ['- Клиент не разрешил звонки.'],
  },
  {
    fixture: 'interactive-of-new-kind',
    read: {
      messageKind: 'interactive',
      content: { details: { type: 'unsupported', subtype: 'signature_reply' } },
    },
    en: [
      '- A message that cannot be shown here: signature reply. Ask the customer to send it again or in another way.',
    ],
    ru: [
      '- Сообщение, которое нельзя показать здесь: signature reply. Попросите клиента отправить его ещё раз или другим способом.',
    ],
  },
  {
    fixture: 'interactive-with-error-only',
    read: {
      messageKind: 'interactive',
      content: { missing: 'withheld' },
      reason: 'the message type is not supported (code 131051)',
    },
    en: [
      '- WhatsApp did not pass on the content of this message. Ask the customer to send it again or in another way.',
    ],
    ru: [
      '- WhatsApp не передал содержимое этого сообщения. Попросите клиента отправить его ещё раз или другим способом.',
    ],
  },
];
