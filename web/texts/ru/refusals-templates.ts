/** Templates that cannot be sent: an English sentence of the API → Russian, as the forms in Planfix say it. */
export const templateRefusals = {
  'There is no template "{{name}}"': 'Шаблона «{{name}}» нет',
  'Use a name from GET /v1/templates; one made just now is known after POST /v1/templates/sync':
    'Выберите шаблон из списка; только что созданный появится, когда шаблоны будут прочитаны заново',
  'These are approved: {{names}}': 'Одобрены: {{names}}',
  'Use the name of an approved template': 'Укажите имя одобренного шаблона',
  'There is no translation of this template into "{{language}}"': 'Перевода этого шаблона на «{{language}}» нет',
  'The templates of this connection have not been read yet': 'Шаблоны этого номера ещё не прочитаны',
  'Try again in a minute': 'Повторите через минуту',
  'Try again in a minute, or call POST /v1/templates/sync': 'Повторите через минуту',
  'The template cannot be sent': 'Этот шаблон отправить нельзя',

  // Состояния.
  'This template waits for its approval': 'Этот шаблон ещё не одобрен',
  'This template waits for its approval ({{reason}})': 'Этот шаблон ещё не одобрен ({{reason}})',
  'Wait until Meta has approved it, or choose another template': 'Дождитесь одобрения Meta или выберите другой шаблон',
  'This template waits for its approval after an appeal': 'Этот шаблон ждёт решения по апелляции',
  'This template waits for its approval after an appeal ({{reason}})':
    'Этот шаблон ждёт решения по апелляции ({{reason}})',
  'Wait until Meta has decided, or choose another template': 'Дождитесь решения Meta или выберите другой шаблон',
  'This template was rejected': 'Этот шаблон отклонён',
  'This template was rejected ({{reason}})': 'Этот шаблон отклонён ({{reason}})',
  'Change it in WhatsApp Manager, or choose another template':
    'Измените его в WhatsApp Manager или выберите другой шаблон',
  'This template is paused because recipients did not want it': 'Этот шаблон приостановлен из-за отзывов получателей',
  'This template is paused because recipients did not want it ({{reason}})':
    'Этот шаблон приостановлен из-за отзывов получателей ({{reason}})',
  'Wait until Meta lifts the pause, or choose another template': 'Дождитесь снятия паузы или выберите другой шаблон',
  'This template is disabled': 'Этот шаблон отключён',
  'This template is disabled ({{reason}})': 'Этот шаблон отключён ({{reason}})',
  'Make a new template in WhatsApp Manager': 'Создайте новый шаблон в WhatsApp Manager',
  'This template is beyond the number of templates that the account may have':
    'Этот шаблон превышает допустимое число шаблонов аккаунта',
  'This template is beyond the number of templates that the account may have ({{reason}})':
    'Этот шаблон превышает допустимое число шаблонов аккаунта ({{reason}})',
  'Delete other templates first': 'Сначала удалите другие шаблоны',
  'This template is being deleted': 'Этот шаблон удаляется',
  'This template is being deleted ({{reason}})': 'Этот шаблон удаляется ({{reason}})',
  'This template is deleted': 'Этот шаблон удалён',
  'This template is deleted ({{reason}})': 'Этот шаблон удалён ({{reason}})',
  'This template is archived': 'Этот шаблон в архиве',
  'This template is archived ({{reason}})': 'Этот шаблон в архиве ({{reason}})',
  'Choose another template, or take it out of the archive in WhatsApp Manager':
    'Выберите другой шаблон или верните этот из архива в WhatsApp Manager',
  'This template has the state "{{status}}"': 'Этот шаблон в состоянии «{{status}}»',
  'This template has the state "{{status}}" ({{reason}})': 'Этот шаблон в состоянии «{{status}}» ({{reason}})',
  'Choose an approved template': 'Выберите одобренный шаблон',
  'Choose another template': 'Выберите другой шаблон',

  // Части, переменные и кнопки.
  'This template has a part that Parley does not send yet: {{part}}':
    'В шаблоне есть часть, которую Parley пока не отправляет: {{part}}',
  'This template has a button of a kind that Parley does not send yet: {{kind}}':
    'В шаблоне есть кнопка, которую Parley пока не отправляет: {{kind}}',
  'The header of this template is {{media}}': 'Заголовок этого шаблона — {{media}}',
  'Give {"link": "https://…"}, which WhatsApp fetches the file from':
    'Укажите в header.link адрес, начинающийся с https://, откуда WhatsApp скачает файл',
  'Give in header.link the address that WhatsApp fetches it from, beginning with https://':
    'Укажите в header.link адрес, начинающийся с https://, откуда WhatsApp скачает файл',
  'This is not an address that begins with https://': 'Это не адрес, начинающийся с https://',
  'Only a document has a name': 'Имя бывает только у документа',
  'This cannot be the name of a file': 'Так файл называться не может',
  'Use up to 240 letters, without "/"': 'До 240 символов, без «/»',
  'This part of the template has no placeholders': 'В этой части шаблона нет переменных',
  'The placeholders of this template have names': 'У переменных этого шаблона есть имена',
  'Give them by name: {{example}}': 'Передайте значения по именам: {{example}}',
  'The placeholders of this template have numbers, not names': 'У переменных этого шаблона номера, а не имена',
  'Give a list of values: {{example}}': 'Передайте список значений: {{example}}',
  'Use these fields: {{fields}}': 'Используйте поля: {{fields}}',
  'The template has no placeholder {{{{placeholder}}}}': 'В шаблоне нет переменной {{{{placeholder}}}}',
  'It has {{placeholders}}: leave out what is more': 'В нём есть {{placeholders}}: лишнее уберите',
  'The {{textPart}} has {{length}} characters when it is filled; WhatsApp takes {{longest}}':
    '{{textPart}} с подставленными значениями длиной {{length}}, WhatsApp принимает {{longest}}',
  'Shorten its values by {{count}} characters': 'Сократите значения на {{count}}',
  '{{count}} values for buttons are given; this template takes {{wanted}}':
    'Значений для кнопок передано: {{count}}, нужно: {{wanted}}',
  'Give one for each of: {{buttons}}': 'Передайте по одному для каждой: {{buttons}}',
  'Leave them out': 'Не передавайте их',

  // Значения.
  ...ofValues('{{{{placeholder}}}}', '{{{{placeholder}}}}'),
  ...ofValues('the button "{{button}}"', 'кнопки «{{button}}»'),
  'Give a value for it': 'Укажите его',
  'Give a text, for example "-"': 'Укажите текст, например «-»',
  'Write it in one line': 'Запишите его в одну строку',
  'Use one space': 'Оставьте один пробел',
  'Replace {{…}} by what it stands for': 'Подставьте вместо {{…}} само значение',
  'Send well-formed text': 'Передайте текст без повреждений',
  'Write it as it stands in a web address': 'Запишите его так, как в адресе страницы',
  'Shorten it': 'Сократите его',
};

function ofValues(english: string, russian: string): Record<string, string> {
  const faults = {
    'is missing': 'не указано',
    'is empty': 'пустое',
    'holds a line break or a tab': 'содержит перенос строки или табуляцию',
    'holds more than four spaces in a row': 'содержит больше четырёх пробелов подряд',
    'holds a variable that was not filled in': 'содержит незаполненную переменную',
    'holds half a character': 'содержит половину символа',
    'holds white space': 'содержит пробел',
    'is longer than {{count}} characters': 'длиннее {{count}} символов',
    'makes the address longer than {{count}} characters': 'делает адрес длиннее {{count}} символов',
  };
  return Object.fromEntries(
    Object.entries(faults).map(([fault, words]) => [
      `The value of ${english} ${fault}`,
      `Значение ${russian} ${words}`,
    ]),
  );
}
