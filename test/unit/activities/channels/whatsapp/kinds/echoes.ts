import { BSUID, DOCUMENT_SHA256, IMAGE_SHA256, type KindCase } from './kind-case.ts';

const ECHO = { direction: 'echo' } as const;
const TARGET = { targetChannelMessageId: 'wamid.TARGET' };
const EN = '- Sent from the WhatsApp Business app.';
const RU = '- Отправлено из приложения WhatsApp Business.';

/** What colleagues wrote in the phone app. */
export const ECHO_CASES: KindCase[] = [
  {
    fixture: 'echo-from-phone-app',
    read: { ...ECHO, messageKind: 'text', text: 'We call you back', customer: { phone: '4915100000002' } },
    en: [EN, 'word: We call you back'],
    ru: [RU, 'word: We call you back'],
  },
  {
    fixture: 'echo-to-username',
    read: {
      ...ECHO,
      messageKind: 'text',
      text: 'Hello',
      customer: { bsuid: BSUID, name: 'Anna', username: 'anna.k' },
    },
    en: [EN, 'word: Hello'],
    ru: [RU, 'word: Hello'],
  },
  {
    fixture: 'echo-to-plus',
    read: { ...ECHO, messageKind: 'text', text: 'Hello' },
    en: [EN, 'word: Hello'],
    ru: [RU, 'word: Hello'],
  },
  {
    fixture: 'echo-quoting',
    read: { ...ECHO, messageKind: 'text', text: 'Yes', quotedChannelMessageId: 'wamid.QUOTED' },
    en: [EN, '> Earlier words', 'word: Yes'],
    ru: [RU, '> Earlier words', 'word: Yes'],
  },
  {
    fixture: 'echo-image',
    read: {
      ...ECHO,
      messageKind: 'image',
      text: 'Your part',
      media: { mediaId: '2001', mime: 'image/jpeg', sha256: IMAGE_SHA256 },
    },
    en: [EN, 'word: Your part'],
    ru: [RU, 'word: Your part'],
  },
  {
    fixture: 'echo-video',
    read: {
      ...ECHO,
      messageKind: 'video',
      media: { mediaId: '2002', mime: 'video/mp4', sha256: IMAGE_SHA256 },
    },
    en: [EN, '- Video'],
    ru: [RU, '- Видео'],
  },
  {
    fixture: 'echo-document',
    read: {
      ...ECHO,
      messageKind: 'document',
      media: { mediaId: '2003', mime: 'application/pdf', name: 'offer.pdf', sha256: DOCUMENT_SHA256 },
    },
    en: [EN, '- Document'],
    ru: [RU, '- Документ'],
  },
  {
    fixture: 'echo-edit',
    read: {
      ...ECHO,
      messageKind: 'edit',
      text: 'We call you at nine',
      content: { details: { type: 'edit', of: 'text' } },
      ...TARGET,
    },
    en: [EN, '- A colleague edited a message.', '> Earlier words', '- It says now:', 'word: We call you at nine'],
    ru: [RU, '- Коллега изменил сообщение.', '> Earlier words', '- Новый текст:', 'word: We call you at nine'],
  },
  {
    fixture: 'echo-revoke',
    read: { ...ECHO, messageKind: 'revoke', content: { details: { type: 'revoke' } }, ...TARGET },
    en: [EN, '- A colleague deleted a message.', '> Earlier words'],
    ru: [RU, '- Коллега удалил сообщение.', '> Earlier words'],
  },
  {
    fixture: 'echo-reaction',
    read: { ...ECHO, messageKind: 'reaction', content: { details: { type: 'reaction', emoji: '❤️' } }, ...TARGET },
    en: [EN, '- A colleague reacted: ❤️', '> Earlier words'],
    ru: [RU, '- Реакция коллеги: ❤️', '> Earlier words'],
  },
  {
    fixture: 'echo-of-new-kind',
    read: {
      ...ECHO,
      messageKind: 'unsupported',
      providerKind: 'hologram',
      content: { details: { type: 'unsupported', subtype: 'hologram' } },
      reason: 'a kind of message that is not known yet',
    },
    en: [
      EN,
      '- A message that cannot be shown here: hologram. It can be read in the WhatsApp Business app on the phone.',
    ],
    ru: [
      RU,
      '- Сообщение, которое нельзя показать здесь: hologram. Его можно прочитать на телефоне, в приложении WhatsApp Business.',
    ],
  },
];
