import { clientFileEnvironment } from './client-file-environment.ts'
import type { Snippet, SnippetContext } from './snippet.ts'

export type JavaStyle = 'plain' | 'spring'

const CODE: Record<JavaStyle, Snippet> = {
  plain: {
    title: 'connect.steps.mark',
    text: `import llmops.AppLog;

public class App {
    public interface Assistant {
        @AppLog.Logged(appType = "CHAT", model = "gpt-4o-mini")
        String ask(String question);
    }

    public static void main(String[] arguments) {
        // Here the lambda stands for your class that calls the model.
        Assistant model = question -> "An answer to: " + question;
        Assistant assistant = AppLog.wrap(Assistant.class, model);

        var labels = AppLog.options().userId("u-1").sessionId("s-1").tags("beta");
        try (var context = AppLog.context(labels)) {
            assistant.ask("Hello");
        }
    }
}`,
    note: 'connect.notes.java',
  },
  spring: {
    title: 'connect.steps.mark',
    text: `import llmops.AppLog;
import org.springframework.stereotype.Service;

@Service
public class AssistantService {
    @AppLog.Logged(appType = "CHAT", model = "gpt-4o-mini")
    public String ask(String question) {
        return "An answer to: " + question;
    }
}`,
    note: 'connect.notes.spring',
  },
}

export function javaSnippets(context: SnippetContext, style: JavaStyle): Snippet[] {
  return [CODE[style], clientFileEnvironment(context)]
}
