import { DOCUMENT_SHA256, IMAGE_SHA256, type KindCase, VOICE_SHA256 } from './kind-case.ts';

const TOO_LARGE = {
  content: { missing: 'too-large' },
  reason: "the customer's file could not be fetched (code 131052)",
} as const;
const TOO_LARGE_EN =
  '- The file is larger than WhatsApp passes on (100 MB). Ask the customer to send it again or in another way.';
const TOO_LARGE_RU =
  '- Файл больше, чем передаёт WhatsApp (100 МБ). Попросите клиента отправить его ещё раз или другим способом.';

/** Pictures, videos, recordings, documents and stickers, and those that lack their file. */
export const FILE_CASES: KindCase[] = [
  {
    fixture: 'image',
    read: {
      messageKind: 'image',
      text: 'The broken part',
      media: { mediaId: '1001', mime: 'image/jpeg', sha256: IMAGE_SHA256 },
    },
    en: ['word: The broken part'],
    ru: ['word: The broken part'],
  },
  {
    fixture: 'image-digest-in-hex',
    read: { messageKind: 'image', media: { mediaId: '1011', mime: 'image/png', sha256: IMAGE_SHA256 } },
    en: ['- Photo'],
    ru: ['- Фото'],
  },
  {
    fixture: 'image-without-id',
    read: {
      messageKind: 'image',
      text: 'See the scratch',
      content: { missing: 'unreadable' },
      reason: 'the content is missing or of an unknown shape',
    },
    en: [
      '- Photo',
      'word: See the scratch',
      '- The content of this message did not reach us. Ask the customer to send it again or in another way.',
    ],
    ru: [
      '- Фото',
      'word: See the scratch',
      '- Содержимое этого сообщения не получено. Попросите клиента отправить его ещё раз или другим способом.',
    ],
  },
  {
    fixture: 'image-view-once',
    read: {
      messageKind: 'image',
      content: { viewOnce: true },
      media: { mediaId: '1012', mime: 'image/jpeg', sha256: IMAGE_SHA256 },
    },
    en: ['- The sender lets it be viewed once only.', '- Photo'],
    ru: ['- Отправитель разрешил только один просмотр.', '- Фото'],
  },
  {
    fixture: 'image-from-ad',
    read: {
      messageKind: 'image',
      text: 'This one?',
      content: {
        referral: {
          source: 'ad',
          adId: '120',
          url: 'https://fb.example/ad',
          headline: 'Autumn sale',
          body: 'Everything must go',
        },
      },
      media: { mediaId: '1013', mime: 'image/jpeg', sha256: IMAGE_SHA256 },
    },
    en: [
      '- The customer came from an advertisement.',
      'Headline = Autumn sale',
      'Text = Everything must go',
      'Advertisement ID = 120',
      'Open the source -> https://fb.example/ad',
      'word: This one?',
    ],
    ru: [
      '- Клиент пришёл из рекламы.',
      'Заголовок = Autumn sale',
      'Текст = Everything must go',
      'ID объявления = 120',
      'Открыть источник -> https://fb.example/ad',
      'word: This one?',
    ],
  },
  {
    fixture: 'video',
    read: { messageKind: 'video', media: { mediaId: '1002', mime: 'video/mp4' } },
    en: ['- Video'],
    ru: ['- Видео'],
  },
  {
    fixture: 'audio',
    read: { messageKind: 'audio', media: { mediaId: '1003', mime: 'audio/mpeg' } },
    en: ['- Audio file'],
    ru: ['- Аудиофайл'],
  },
  {
    fixture: 'voice',
    read: {
      messageKind: 'audio',
      media: { mediaId: '1004', mime: 'audio/ogg; codecs=opus', sha256: VOICE_SHA256, voice: true },
    },
    en: ['- Voice message'],
    ru: ['- Голосовое сообщение'],
  },
  {
    fixture: 'voice-old-form',
    read: {
      messageKind: 'audio',
      providerKind: 'voice',
      media: { mediaId: '1005', mime: 'audio/ogg', voice: true },
    },
    en: ['- Voice message'],
    ru: ['- Голосовое сообщение'],
  },
  {
    fixture: 'document',
    read: {
      messageKind: 'document',
      text: 'Please check',
      media: { mediaId: '1006', mime: 'application/pdf', name: 'invoice.pdf', sha256: DOCUMENT_SHA256 },
    },
    en: ['word: Please check'],
    ru: ['word: Please check'],
  },
  {
    fixture: 'document-hostile-name',
    read: {
      messageKind: 'document',
      media: {
        mediaId: '1015',
        mime: 'application/x-msdownload',
        name: '../../etc/\u202egpj.exe\u0007 "quoted"<b>',
      },
    },
    en: ['- Document'],
    ru: ['- Документ'],
  },
  {
    fixture: 'document-too-large',
    read: { messageKind: 'document', ...TOO_LARGE },
    en: ['- Document', TOO_LARGE_EN],
    ru: ['- Документ', TOO_LARGE_RU],
  },
  {
    fixture: 'video-too-large',
    read: { messageKind: 'video', ...TOO_LARGE },
    en: ['- Video', TOO_LARGE_EN],
    ru: ['- Видео', TOO_LARGE_RU],
  },
  {
    fixture: 'sticker',
    read: { messageKind: 'sticker', media: { mediaId: '1007', mime: 'image/webp' } },
    en: ['- Sticker'],
    ru: ['- Стикер'],
  },
  {
    fixture: 'sticker-animated',
    read: {
      messageKind: 'sticker',
      media: { mediaId: '1014', mime: 'image/webp', sha256: IMAGE_SHA256, animated: true },
    },
    en: ['- Sticker'],
    ru: ['- Стикер'],
  },
];
