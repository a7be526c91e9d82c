// `serve`: what npm start does.
import { type Command, readWords } from './command.ts'

export const command: Command = {
  usage: 'propromo-chat serve\n\nRuns the chat until SIGTERM or Ctrl-C. Every setting is an environment variable.',
  async run(words) {
    readWords(words, {}, 0)
    await import('../main.ts')
    return 0
  },
}
