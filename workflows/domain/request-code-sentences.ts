/** The codes that speak of what was sent: its form, its files, its template. (WhatsApp: errors, decision table) */
import type { CodeRow } from './code-sentences.ts';

export const REQUEST_CODE_ROWS: readonly CodeRow[] = [
  [
    [134101],
    ['The template is new, and WhatsApp is still making it ready.', 'Send it again in ten minutes.'],
    ['Шаблон новый, WhatsApp ещё готовит его к отправке.', 'Отправьте его ещё раз через десять минут.'],
  ],
  [
    [100, 131008, 135000],
    [
      'WhatsApp refused the message: a part of it is missing, wrong or too long.',
      'Write it again, shorter or without unusual formatting. If that does not help, tell the administrator.',
    ],
    [
      'WhatsApp отклонил сообщение: какая-то его часть отсутствует, неверна или слишком длинна.',
      'Напишите его заново, короче или без необычного форматирования. Если не поможет, сообщите администратору.',
    ],
  ],
  [
    [131009],
    [
      'WhatsApp does not accept a value in the message, or the message it refers to is gone or older than 30 days.',
      'Send it again without quote or reaction. If that does not help, tell the administrator.',
    ],
    [
      'WhatsApp не принимает значение в сообщении, либо сообщения, на которое оно ссылается, нет или ему больше 30 дней.',
      'Отправьте его без цитаты и реакции. Если не поможет, сообщите администратору.',
    ],
  ],
  [
    [33],
    [
      'WhatsApp does not find what the message needs: the file it names, or the number that sends.',
      'Attach the file again. If the message has no file, ask the administrator to check the connection.',
    ],
    [
      'WhatsApp не находит то, что нужно сообщению: указанный файл или номер отправителя.',
      'Прикрепите файл заново. Если файла нет, попросите администратора проверить подключение.',
    ],
  ],
  [
    [131051],
    ['WhatsApp does not know messages of this type.', 'Send the content as text or as a file.'],
    ['WhatsApp не поддерживает сообщения такого типа.', 'Отправьте содержимое текстом или файлом.'],
  ],
  [
    [131053],
    [
      'WhatsApp could not use the file: its type, content or size does not fit.',
      'Send it in a common format (PDF, JPEG, MP4) or as a link.',
    ],
    [
      'WhatsApp не смог использовать файл: не подходит тип, содержимое или размер.',
      'Отправьте его в распространённом формате (PDF, JPEG, MP4) или ссылкой.',
    ],
  ],
  [
    [131052],
    ["The customer's file could not be fetched from WhatsApp.", 'Ask the customer to send it again, at most 100 MB.'],
    ['Файл клиента не удалось получить из WhatsApp.', 'Попросите клиента отправить его ещё раз, не больше 100 МБ.'],
  ],
  [
    [132000, 132012, 132018],
    [
      'The fields of the template were filled in wrongly: their number or form does not fit.',
      'Choose the template again and fill in all of its fields.',
    ],
    [
      'Поля шаблона заполнены неверно: не подходит их число или вид.',
      'Выберите шаблон заново и заполните все его поля.',
    ],
  ],
  [
    [132001],
    ['The template does not exist in this language, or is not approved yet.', 'Choose another template or language.'],
    ['Шаблона на этом языке нет, или он ещё не одобрен.', 'Выберите другой шаблон или язык.'],
  ],
  [
    [132005],
    ['The template became too long with what was filled in.', 'Shorten the values of its fields.'],
    ['Шаблон с подставленными значениями стал слишком длинным.', 'Сократите значения его полей.'],
  ],
  [
    [132007],
    [
      "The template breaks WhatsApp's rules for characters or content.",
      'Fill in its fields without line breaks and unusual characters, or use another template.',
    ],
    [
      'Шаблон нарушает правила WhatsApp о символах или содержании.',
      'Заполните поля без переносов строк и необычных символов или возьмите другой шаблон.',
    ],
  ],
  [
    [132015],
    ['The template is paused because of its low quality.', 'Use another template, or wait until WhatsApp releases it.'],
    [
      'Шаблон приостановлен из-за низкого качества.',
      'Возьмите другой шаблон или подождите, пока WhatsApp вернёт этот.',
    ],
  ],
  [
    [132016],
    ['The template is disabled because of its low quality.', 'Use another template.'],
    ['Шаблон отключён из-за низкого качества.', 'Возьмите другой шаблон.'],
  ],
  [
    [132068],
    [
      'The form (Flow) in this message is blocked by WhatsApp.',
      'Ask in plain text, and tell the administrator to repair the form.',
    ],
    [
      'Форма (Flow) в этом сообщении заблокирована WhatsApp.',
      'Спросите обычным текстом и попросите администратора исправить форму.',
    ],
  ],
  [
    [132069],
    [
      'The form (Flow) in this message was sent too often within an hour.',
      'Send it again in an hour, or ask in plain text.',
    ],
    [
      'Форму (Flow) из этого сообщения отправляли слишком часто за последний час.',
      'Отправьте её через час или спросите обычным текстом.',
    ],
  ],
  [
    [131055, 134100],
    [
      'A template of this category cannot be sent over this connection.',
      'Use a template of another category, or tell the administrator.',
    ],
    [
      'Шаблон этой категории нельзя отправить через это подключение.',
      'Возьмите шаблон другой категории или сообщите администратору.',
    ],
  ],
  [
    [131061],
    [
      'WhatsApp takes this template over its marketing service only, because it has a highest price.',
      'Use another template, or ask the administrator to remove the highest price.',
    ],
    [
      'WhatsApp принимает этот шаблон только через маркетинговый сервис: у него задана предельная цена.',
      'Возьмите другой шаблон или попросите администратора убрать предельную цену.',
    ],
  ],
  [
    [131063],
    [
      'Advertising templates are switched off for this connection.',
      'Ask the administrator to switch them on at Meta, or use a template of another category.',
    ],
    [
      'Рекламные шаблоны для этого подключения отключены.',
      'Попросите администратора включить их в Meta или возьмите шаблон другой категории.',
    ],
  ],
  [
    [131064],
    [
      'WhatsApp limits the templates of the business because some were filed under a wrong category.',
      'Send no templates for now, and ask the administrator to look at the account quality page at Meta.',
    ],
    [
      'WhatsApp ограничил шаблоны компании: часть из них отнесена не к той категории.',
      'Пока не отправляйте шаблоны и попросите администратора открыть страницу качества аккаунта в Meta.',
    ],
  ],
];
