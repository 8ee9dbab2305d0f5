import { ActionIcon, Badge, Button, Group, Menu, Text } from '@mantine/core';
import { useAct } from '../acting.tsx';
import { changeTemplate, type NetworkTemplate, type TemplateAction } from '../control/template-calls.ts';
import type { Fields } from '../control/world.ts';
import { DotsIcon } from '../icons.tsx';
import { useLanguage, useTexts } from '../texts/language.tsx';
import { shortTime } from '../times.ts';

const colors: Record<string, string> = { APPROVED: 'green', PENDING: 'yellow', PAUSED: 'orange' };
const categories = ['MARKETING', 'UTILITY', 'AUTHENTICATION'];

/** One template: what it says, where it stands, and what Meta may do to it. */
export function TemplateCard({ template, nowMs }: { template: NetworkTemplate; nowMs: number }) {
  const { t, language } = useLanguage();
  const { name, category, status, pausedUntilMs, rejectedReason } = template;
  return (
    <article className="template-card" aria-label={name}>
      <Group justify="space-between" wrap="nowrap">
        <Group gap={8} miw={0}>
          <Text fw={600} size="sm">
            {name}
          </Text>
          <Text size="xs" c="dimmed">
            {template.language}
          </Text>
        </Group>
        <Group gap={6} wrap="nowrap">
          <Badge size="sm" variant="light" color={colors[status] ?? 'red'}>
            {t.templateStates[status] ?? status}
          </Badge>
          <TemplateMenu template={template} />
        </Group>
      </Group>
      <Text size="xs" c="dimmed">
        {t.categories[category] ?? category}
        {typeof pausedUntilMs === 'number' && ` · ${t.pausedUntil(shortTime(pausedUntilMs, nowMs, language))}`}
        {typeof rejectedReason === 'string' && status === 'REJECTED' && ` · ${rejectedReason}`}
      </Text>
      <TemplateWords template={template} />
    </article>
  );
}

function TemplateWords({ template: { header, body, footer, buttons = [] } }: { template: NetworkTemplate }) {
  const t = useTexts();
  return (
    <div className="template-words">
      {header && (
        <Text size="sm" fw={600}>
          {header.text ?? t.headerFile(t.kinds[header.format.toLowerCase()] ?? header.format)}
        </Text>
      )}
      <Text size="sm" className="pre-line">
        {body}
      </Text>
      {footer && (
        <Text size="xs" c="dimmed" mt={4}>
          {footer}
        </Text>
      )}
      {buttons.length > 0 && (
        <Group gap={6} mt={8}>
          {buttons.map((button) => (
            <span key={`${button.type} ${button.text}`} className="template-button">
              {button.text ?? button.type}
            </span>
          ))}
        </Group>
      )}
    </div>
  );
}

function TemplateMenu({ template: { id, name, status, category } }: { template: NetworkTemplate }) {
  const t = useTexts();
  const act = useAct();
  const change = (action: TemplateAction, body?: Fields) => void act(() => changeTemplate(id, action, body));
  return (
    <Group gap={6} wrap="nowrap">
      {status === 'APPROVED' ? (
        <Button size="compact-xs" variant="default" onClick={() => change('pause')}>
          {t.pauseTemplate}
        </Button>
      ) : (
        <Button size="compact-xs" variant="light" onClick={() => change('approve')}>
          {t.approve}
        </Button>
      )}
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t.templateActions(name)}>
            <DotsIcon size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {status === 'PENDING' && <Menu.Item onClick={() => change('reject')}>{t.reject}</Menu.Item>}
          <Menu.Item onClick={() => change('disable')}>{t.disable}</Menu.Item>
          <Menu.Label>{t.recategorise}</Menu.Label>
          {categories.map((one) => (
            <Menu.Item key={one} disabled={one === category} onClick={() => change('category', { category: one })}>
              {t.categories[one] ?? one}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item color="red" onClick={() => change('delete')}>
            {t.delete}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}
