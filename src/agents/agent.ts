// What every agent that can be connected to the hub tells about itself. Adding one = a folder and a registry line.
import type { LosslessEditor } from '../edit/editor.js'
import type { RecordedEdit } from '../edit/record-write.js'

export type AgentId = 'codex' | 'claude' | 'opencode' | 'gemini'

/** The machine as an agent's configuration sees it; everything outside comes in here. */
export type AgentContext = {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
  readonly cwd: string
  readonly platform: NodeJS.Platform
  /** Where the machine's own configuration lies; `/etc` unless a test says otherwise. */
  readonly systemFolder?: string
  /** The path of a program, undefined when there is none. */
  readonly which: (command: string) => Promise<string | undefined>
  /** The version that a program reports, undefined when it says none in time. */
  readonly versionOf: (path: string) => Promise<string | undefined>
}

/** Which login the agent holds itself; never its tokens. */
type AgentLogin = 'chatgpt' | 'apikey' | 'oauth' | 'none'

export type AgentState = {
  readonly installed: boolean
  /** Path of the program, when it was found. */
  readonly command: string | undefined
  readonly version: string | undefined
  /** The agent's own folder. */
  readonly home: string
  readonly configFile: string
  readonly login: AgentLogin
}

export type LoginChoice = 'keep' | 'key'
export type AuthChoice = 'command' | 'token' | 'env'
type Command = { readonly command: string; readonly args: readonly string[] }

export type InitChoices = {
  /** `http://127.0.0.1:8090`, without a path. */
  readonly hubUrl: string
  /** The hub key of this agent. */
  readonly key: string
  /** Default: keep a plan login that is there, else key. */
  readonly login?: LoginChoice
  /** How Codex gets the key; default a command that prints it. */
  readonly auth?: AuthChoice
  /** The command that prints `key`, with an absolute path. */
  readonly tokenCommand: Command
  /** The model to set even where one is set. */
  readonly model?: string
  /** Tokens that a conversation may have with the models that answer; absent: as many as the agent believes. */
  readonly room?: number
  /** For Claude Code: the command that draws its status line; false: none is wanted; absent: what is there stays. */
  readonly statusline?: string | false
  /** What the hub answers, for an agent that cannot ask; the first is the usual one. */
  readonly models?: readonly string[]
  /** The model to set where none is. */
  readonly defaultModel?: string
}

export type AgentFile = {
  readonly path: string
  readonly editor: LosslessEditor
  readonly edits: readonly RecordedEdit[]
}

export type AgentPlan = {
  /** What was decided: `keep` needs a channel with `auth: client` for this agent. */
  readonly login: LoginChoice
  readonly files: readonly AgentFile[]
  /** What will not work as the user may expect, each with what to do. */
  readonly warnings: readonly string[]
}

export type RunInput = {
  readonly choices: InitChoices
  readonly state: AgentState
  /** The user's own arguments for the agent. */
  readonly args: readonly string[]
  /** A folder of ours (0700) for a settings file that lives as long as the process. */
  readonly runFolder: string
}

/** How to start an agent through the hub without changing a file of it. No secret stands in `args`. */
export type Launch = {
  readonly command: string
  readonly args: readonly string[]
  /** To be added to the environment; undefined takes a variable out. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** To be written (0600) before and deleted after the run. */
  readonly files: readonly { readonly path: string; readonly text: string }[]
}

export type Agent = {
  readonly id: AgentId
  /** The name for a person. */
  readonly title: string
  detect(context: AgentContext): Promise<AgentState>
  /** Reads the agent's files and says what to write. Throws HubError when one cannot be read. */
  planInit(context: AgentContext, state: AgentState, choices: InitChoices): Promise<AgentPlan>
  run(input: RunInput): Launch
  /** How it is started after `init`, where that is not as always. */
  readonly nextStep?: string
  /** What a user should know after `undo`. */
  readonly undoNotes: readonly string[]
}
