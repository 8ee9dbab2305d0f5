import { describe, expect, it } from '@jest/globals';
import { checkTemplate } from '../../../../workflows/domain/template-check.ts';
import type { TemplateButton } from '../../../../workflows/domain/template-definition.ts';
import {
  exampleParameters,
  examplePreview,
  formFields,
  templateNeeds,
} from '../../../../workflows/domain/template-needs.ts';
import { whyNotSendable } from '../../../../workflows/domain/template-state.ts';
import { aTemplate } from '../../../support/templates.ts';

const LINK: TemplateButton = { type: 'url', text: 'Track', url: 'https://shop.example/t/{{1}}' };
const CODE: TemplateButton = { type: 'copy-code', text: 'Copy code' };
const YES: TemplateButton = { type: 'quick-reply', text: 'Yes' };
const PLAIN = aTemplate({ components: { body: { text: 'We are back.' } } });

describe('what a template needs', () => {
  const template = aTemplate({
    parameterFormat: 'named',
    components: {
      header: { format: 'document', example: 'https://scontent.example/a.pdf' },
      body: { text: '{{name}}: {{sum}}', example: { name: 'Jane\nRoe' } },
      buttons: [YES, { ...LINK, example: 'https://shop.example/t/A17' }, CODE],
    },
  });

  it('is told by name, with the examples', () => {
    expect(templateNeeds(template)).toEqual({
      format: 'named',
      header: [],
      headerMedia: 'document',
      body: [{ placeholder: 'name', example: 'Jane\nRoe' }, { placeholder: 'sum' }],
      buttons: [
        { index: 0, type: 'quick-reply', label: 'Yes', required: false },
        { index: 1, type: 'url', label: 'Track', required: true, example: 'https://shop.example/t/A17' },
        { index: 2, type: 'copy-code', label: 'Copy code', required: true },
      ],
    });
  });

  it('comes with an example that can be sent as it is', () => {
    const parameters = exampleParameters(template) ?? {};
    expect(parameters).toEqual({
      body: { name: 'Jane Roe', sum: 'value of sum' },
      header: { link: 'https://example.com/document.pdf' },
      buttons: ['A17', 'CODE'],
    });
    expect(checkTemplate(template, parameters)).toHaveProperty('preview');
    expect(exampleParameters(PLAIN)).toBeUndefined();
  });

  it('is told as the fields of a form', () => {
    expect(formFields(template)).toEqual(['header.link', 'body.name', 'body.sum', 'button.1', 'button.2']);
    expect(formFields(PLAIN)).toEqual([]);
  });

  it('is shown filled with the examples, as far as there are any', () => {
    expect(examplePreview(template)).toBe('Jane\nRoe: {{sum}}\n[Yes]\n[Track] https://shop.example/t/A17\n[Copy code]');
  });
});

describe('the state of a template', () => {
  it.each(['pending', 'rejected', 'paused', 'disabled', 'in_appeal', 'deleted', 'pending_deletion', 'archived', 'new'])(
    'keeps one that is %s from being sent, with a remedy',
    (status) => {
      const why = whyNotSendable({ status, statusReason: 'PROMOTIONAL' });
      expect(why?.message).toMatch(/^This template .* \(PROMOTIONAL\)$/);
      expect(why?.remedy).toMatch(/^[A-Z]/);
      expect(why?.form.ru.join('. ')).toMatch(/^Этот шаблон .* \(PROMOTIONAL\)\. [А-Я]/);
    },
  );

  it('lets approved ones go', () => {
    expect(whyNotSendable({ status: 'approved', statusReason: null })).toBeUndefined();
  });
});
