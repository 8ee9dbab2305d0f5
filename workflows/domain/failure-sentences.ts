/**
 * What an agent is told when something did not work: what happened, and what to do now. By kind of failure, for what
 * we find out ourselves, and by the network's code. No names, numbers or texts of customers. (DESIGN, failure kinds)
 */
import { type FailureSentence, type Sentences, sentencesOfCode } from './code-sentences.ts';
import { type FailureKind, isOwnRefusal, type OwnRefusal } from './failure-kinds.ts';
import type { Language } from './message.ts';

const BY_KIND: Readonly<Record<FailureKind, Sentences>> = {
  unavailable: {
    en: {
      sentence: 'The service could not be reached; the message was not sent.',
      remedy: 'Nothing to do: it is tried again by itself.',
    },
    ru: {
      sentence: 'Сервис недоступен, сообщение не отправлено.',
      remedy: 'Ничего делать не нужно: отправка повторится сама.',
    },
  },
  'rate-limited': {
    en: {
      sentence: 'Too many messages in a short time; this one has to wait.',
      remedy: 'Nothing to do: it is sent as soon as the limit allows.',
    },
    ru: {
      sentence: 'Слишком много сообщений за короткое время, это сообщение ждёт.',
      remedy: 'Ничего делать не нужно: оно уйдёт, как только позволит лимит.',
    },
  },
  'credentials-rejected': {
    en: {
      sentence: 'WhatsApp does not accept the access of this connection; nothing can be sent.',
      remedy: 'Ask the administrator to check the connection and to enter a new access token.',
    },
    ru: {
      sentence: 'WhatsApp не принимает доступ этого подключения, отправка невозможна.',
      remedy: 'Попросите администратора проверить подключение и ввести новый токен доступа.',
    },
  },
  'invalid-request': {
    en: {
      sentence: 'WhatsApp refused the message because of its form.',
      remedy: 'Write it again, shorter or without unusual formatting. If that does not help, tell the administrator.',
    },
    ru: {
      sentence: 'WhatsApp отклонил сообщение из-за его формы.',
      remedy:
        'Напишите его заново, короче или без необычного форматирования. Если не поможет, сообщите администратору.',
    },
  },
  'recipient-unreachable': {
    en: {
      sentence: 'The customer cannot be reached in WhatsApp.',
      remedy: 'Contact them another way.',
    },
    ru: {
      sentence: 'Клиент недоступен в WhatsApp.',
      remedy: 'Свяжитесь с ним другим способом.',
    },
  },
  'template-required': {
    en: {
      sentence: 'More than 24 hours have passed since the customer last wrote; free text is not allowed.',
      remedy: 'Send an approved template, or wait until the customer writes.',
    },
    ru: {
      sentence: 'С последнего сообщения клиента прошло больше 24 часов, свободный текст запрещён.',
      remedy: 'Отправьте одобренный шаблон или дождитесь сообщения клиента.',
    },
  },
  'file-rejected': {
    en: {
      sentence: 'WhatsApp did not accept the file.',
      remedy: 'Check its size and type, or send a link to it.',
    },
    ru: {
      sentence: 'WhatsApp не принял файл.',
      remedy: 'Проверьте размер и тип файла или отправьте ссылку на него.',
    },
  },
  'unexpected-response': {
    en: {
      sentence: 'WhatsApp reported a failure that is not known here.',
      remedy: 'Send the message again. If it fails again, tell the administrator.',
    },
    ru: {
      sentence: 'WhatsApp сообщил о неизвестной ошибке.',
      remedy: 'Отправьте сообщение ещё раз. Если ошибка повторится, сообщите администратору.',
    },
  },
  'outcome-unknown': {
    en: {
      sentence: 'It is not known whether the message reached the customer.',
      remedy: 'Look in the chat or ask the customer before you send it again, so that it does not arrive twice.',
    },
    ru: {
      sentence: 'Неизвестно, дошло ли сообщение до клиента.',
      remedy: 'Проверьте чат или спросите клиента, прежде чем отправлять ещё раз, чтобы оно не пришло дважды.',
    },
  },
};

const BY_REFUSAL: Readonly<Record<OwnRefusal, Sentences>> = {
  'file-too-large': {
    en: {
      sentence: 'The file is larger than WhatsApp takes (100 MB as a document).',
      remedy: 'Send a link to it, or a smaller file.',
    },
    ru: {
      sentence: 'Файл больше, чем принимает WhatsApp (100 МБ как документ).',
      remedy: 'Отправьте ссылку на него или файл поменьше.',
    },
  },
  'file-empty': {
    en: { sentence: 'The file is empty: it has no bytes.', remedy: 'Attach the file again and check that it opens.' },
    ru: {
      sentence: 'Файл пустой: в нём нет данных.',
      remedy: 'Прикрепите файл ещё раз и проверьте, что он открывается.',
    },
  },
  'file-refused-type': {
    en: {
      sentence: 'WhatsApp does not take files of this type.',
      remedy: 'Send it in a common format (PDF, JPEG, MP4), packed as ZIP, or as a link.',
    },
    ru: {
      sentence: 'WhatsApp не принимает файлы этого типа.',
      remedy: 'Отправьте его в распространённом формате (PDF, JPEG, MP4), архивом ZIP или ссылкой.',
    },
  },
  'file-digest-mismatch': {
    en: {
      sentence: 'The file arrived damaged: its content does not match its checksum.',
      remedy: 'Ask the customer to send it again.',
    },
    ru: {
      sentence: 'Файл пришёл повреждённым: содержимое не совпадает с контрольной суммой.',
      remedy: 'Попросите клиента отправить его ещё раз.',
    },
  },
  'file-refused-address': {
    en: {
      sentence: 'The file is kept at an address that Parley is not allowed to call.',
      remedy: 'Ask the administrator to check the address, and to allow its host if it can be trusted.',
    },
    ru: {
      sentence: 'Файл лежит по адресу, к которому Parley запрещено обращаться.',
      remedy: 'Попросите администратора проверить адрес и разрешить его хост, если ему можно доверять.',
    },
  },
  'file-expired': {
    en: {
      sentence: 'The file is not kept any more where it came from; WhatsApp keeps received files for seven days.',
      remedy: 'Attach it to a new comment, or ask the customer to send it again.',
    },
    ru: {
      sentence: 'Файла больше нет там, откуда он пришёл; WhatsApp хранит полученные файлы семь дней.',
      remedy: 'Прикрепите его к новому комментарию или попросите клиента отправить его ещё раз.',
    },
  },
  'file-unavailable': {
    en: {
      sentence: 'The file could not be moved to WhatsApp, although it was tried several times.',
      remedy: 'Attach it to a new comment, or send a link to it.',
    },
    ru: {
      sentence: 'Файл не удалось передать в WhatsApp, хотя попыток было несколько.',
      remedy: 'Прикрепите его к новому комментарию или отправьте ссылку на него.',
    },
  },
  'window-waiting': {
    en: {
      sentence: 'More than 24 hours have passed since the customer last wrote, so the message waits.',
      remedy: 'Send an approved template, or wait: it leaves by itself as soon as the customer writes.',
    },
    ru: {
      sentence: 'С последнего сообщения клиента прошло больше 24 часов, поэтому сообщение ждёт.',
      remedy: 'Отправьте одобренный шаблон или подождите: оно уйдёт само, как только клиент напишет.',
    },
  },
  cancelled: {
    en: {
      sentence: 'The mailing was cancelled before this message left.',
      remedy: 'Write to the customer yourself if it matters.',
    },
    ru: {
      sentence: 'Рассылка была отменена до отправки этого сообщения.',
      remedy: 'Если это важно, напишите клиенту сами.',
    },
  },
  disconnected: {
    en: {
      sentence: 'The WhatsApp number was disconnected from Parley before this message left.',
      remedy: 'Reach the customer another way, or write again once the number is connected.',
    },
    ru: {
      sentence: 'Номер WhatsApp был отключён от Parley до отправки этого сообщения.',
      remedy: 'Свяжитесь с клиентом другим способом или напишите снова, когда номер будет подключён.',
    },
  },
  'opted-out': {
    en: {
      sentence: 'The customer does not want marketing messages, so this one was not sent.',
      remedy: 'Send no marketing; other templates are possible.',
    },
    ru: {
      sentence: 'Клиент отказался от рекламных сообщений, поэтому это не отправлено.',
      remedy: 'Не отправляйте рекламу; другие шаблоны возможны.',
    },
  },
};

/**
 * `word` is a kind, or one of our own refusals, which says more. `code` is the network's own; without one, or with one
 * that is not known, the kind speaks. Of a message that may have arrived nothing is said but that.
 */
export function failureSentence(
  word: FailureKind | OwnRefusal,
  code: number | undefined,
  language: Language,
): FailureSentence {
  if (isOwnRefusal(word)) return BY_REFUSAL[word][language];
  const sentences = code === undefined || word === 'outcome-unknown' ? undefined : sentencesOfCode(code);
  return (sentences ?? BY_KIND[word])[language];
}
