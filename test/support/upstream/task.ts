// The task that every agent does against every provider: four tool turns with thinking, then a message; and
// the short prompts around it. The words hold what conversions like to break: quotes, unicode, line ends.

import type { Script } from './script.js'

export const TASK_PROMPT = 'Please do the scripted task in this folder.'
export const AGAIN_PROMPT = 'Please say it once again.'
export const CHECK_PROMPT = 'Please clear a folder elsewhere.'
export const HELLO_PROMPT = 'Please greet me now.'

export const TASK_FILE = 'notes.txt'
const TASK_CONTENT = 'alpha\nbeta "quoted" \\ naïve – 日本語 🙂\n'
export const TASK_FINAL_CONTENT = 'alpha\ngamma\n'
export const TASK_FINAL_TEXT = 'The scripted task is done.'
export const AGAIN_TEXT = 'Once again: the scripted task is done.'
export const CHECK_TEXT = 'Nothing is there any more.'
export const HELLO_TEXT = 'Greetings from the scripted model.'

export const TASK: Script = {
  prompt: TASK_PROMPT,
  steps: [
    {
      thinking: 'First a file must be there.\n\nI write it with two lines.',
      text: 'I begin with the file.',
      calls: [
        {
          intent: { type: 'write', path: TASK_FILE, content: TASK_CONTENT },
          result: /notes\.txt|success/i,
        },
      ],
    },
    {
      thinking: 'The second line must read gamma.',
      calls: [
        {
          intent: {
            type: 'edit',
            path: TASK_FILE,
            before: 'beta "quoted" \\ naïve – 日本語 🙂',
            after: 'gamma',
          },
          result: /notes\.txt|success/i,
        },
      ],
    },
    {
      thinking: 'Two things do not depend on each other, so I do them at once.',
      text: 'Two checks at the same time.',
      calls: [
        { intent: { type: 'run', command: 'sleep 0.3; echo "first-of-two"' }, result: /first-of-two/ },
        { intent: { type: 'read', path: TASK_FILE }, result: /gamma/ },
      ],
    },
    {
      thinking: 'Now a command that ends with 3, to see how that is told.',
      calls: [
        {
          intent: { type: 'run', command: 'echo "goes wrong" >&2; exit 3' },
          result: /(?=[\s\S]*goes wrong)(?=[\s\S]*\b3\b)/,
        },
      ],
    },
    { thinking: 'All was done.', text: TASK_FINAL_TEXT, calls: [] },
  ],
}

/** All that the scripted model knows how to answer. */
export const SCRIPTS: readonly Script[] = [
  TASK,
  { prompt: AGAIN_PROMPT, steps: [{ thinking: 'The user asks again.', text: AGAIN_TEXT, calls: [] }] },
  {
    // A command outside the agent's folder: somebody is asked before it runs, the person or a model.
    prompt: CHECK_PROMPT,
    steps: [
      {
        thinking: 'A folder that is not mine, so somebody may want to look at it.',
        calls: [
          {
            intent: { type: 'run', command: 'rm -rf /tmp/axonhub-agents-nothing && echo came-and-went' },
            result: /came-and-went/,
          },
        ],
      },
      { text: CHECK_TEXT, calls: [] },
    ],
  },
  { prompt: HELLO_PROMPT, steps: [{ thinking: 'A greeting.', text: HELLO_TEXT, calls: [] }] },
]
