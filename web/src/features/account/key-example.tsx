import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { modelsQuery } from '@/shared/api/models';
import { i18n } from '@/shared/lib/text';
import { CopyButton } from '@/shared/ui/copy-button';
import { Tab, TabList, TabPanel, Tabs } from '@/shared/ui/tabs';

interface KeyExampleProps {
  apiKey: string;
  scopes: readonly string[];
}

/** What to paste to see the key work. */
export function KeyExample({ apiKey, scopes }: KeyExampleProps) {
  const { data } = useQuery(modelsQuery);
  const model = data?.items?.find(({ available }) => available)?.id ?? 'demo-chat';
  const examples = scopes.includes('generate')
    ? [
        { name: 'curl', code: askByCurl(apiKey, model) },
        { name: 'Python', code: askByPython(apiKey, model) },
        { name: 'JavaScript', code: askByJavaScript(apiKey, model) },
      ]
    : [{ name: 'curl', code: readByCurl(apiKey) }];
  const [shown, setShown] = useState('curl');
  const code = examples.find(({ name }) => name === shown)?.code ?? '';
  return (
    <Tabs onValueChange={setShown} value={shown}>
      <div className="flex items-center justify-between border-b">
        <TabList aria-label={i18n.t('Examples')} className="border-0">
          {examples.map(({ name }) => (
            <Tab key={name} value={name}>
              {name}
            </Tab>
          ))}
        </TabList>
        <CopyButton label={i18n.t('Copy the example')} text={() => code} />
      </div>
      {examples.map(({ name, code: text }) => (
        <TabPanel className="mt-3" key={name} value={name}>
          <section
            aria-label={i18n.t('Example for {name}', { name })}
            className="overflow-x-auto rounded-lg border bg-muted/50 p-3"
            dir="ltr"
            // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also by keys
            tabIndex={0}
          >
            <pre className="font-mono text-xs leading-5">{text}</pre>
          </section>
        </TabPanel>
      ))}
    </Tabs>
  );
}

const door = () => `${location.origin}/v1`;

const askByCurl = (key: string, model: string) => `curl ${door()}/chat/completions \\
  -H "Authorization: Bearer ${key}" \\
  -H "Content-Type: application/json" \\
  -d '{"model": "${model}", "messages": [{"role": "user", "content": "Hello"}]}'`;

const readByCurl = (key: string) => `curl ${location.origin}/api/v1/users/me \\
  -H "Authorization: Bearer ${key}"`;

const askByPython = (key: string, model: string) => `from openai import OpenAI

client = OpenAI(
    base_url="${door()}",
    api_key="${key}",
)
answer = client.chat.completions.create(
    model="${model}",
    messages=[{"role": "user", "content": "Hello"}],
)
print(answer.choices[0].message.content)`;

const askByJavaScript = (key: string, model: string) => `import OpenAI from 'openai';

const client = new OpenAI({
  baseURL: '${door()}',
  apiKey: '${key}',
});
const answer = await client.chat.completions.create({
  model: '${model}',
  messages: [{ role: 'user', content: 'Hello' }],
});
console.log(answer.choices[0].message.content);`;
