package llmops;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.Proxy;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Records the LLM calls of a Java app in LLMOps Console. One file, no dependencies, Java 17 or newer.
 *
 * <p>Copy this file into your app (any package; with Spring, {@code AppLogAspect.java} too), annotate the methods that
 * call the model, and open the console:
 *
 * <pre>{@code
 * interface Assistant {
 *     @AppLog.Logged(appType = "CASE_GENERATION")
 *     ChatCompletion ask(List<Message> messages, String model);
 * }
 *
 * Assistant assistant = AppLog.wrap(Assistant.class, new OpenAiAssistant());   // with Spring: nothing, the aspect does it
 *
 * try (var context = AppLog.context(AppLog.options().userId("u-1").sessionId("s-1").tags("beta"))) {
 *     assistant.ask(messages, "gpt-4o-mini");
 *     // or without an interface:
 *     AppLog.call(AppLog.options().appType("SEARCH").prompt(question), () -> client.complete(question));
 * }
 *
 * AppLog.feedback(requestId, 5, Map.of("comment", "Just what I needed"));   // what somebody thinks of a call, 1 to 5
 * }</pre>
 *
 * <p>Model, provider, prompt, response and tokens are read from arguments and results in the shapes of OpenAI and
 * Anthropic, or from any map, record or bean with {@code model}, {@code usage} and {@code text}. Futures are recorded
 * when they complete, streams when they end or are closed. Calls are sent from a daemon thread: your app never waits for
 * the console, and nothing in here throws into your code.
 *
 * <p>把本文件复制到你的应用里（包名可改；使用 Spring 时再复制 {@code AppLogAspect.java}），在调用模型的方法上加
 * {@code @AppLog.Logged}，用 {@code AppLog.wrap(接口.class, 实现)} 包装即可，Spring 下由切面自动完成；没有接口时用
 * {@code AppLog.call(选项, 代码)}。同步、{@code CompletableFuture} 异步、{@code Stream}/{@code Iterator}/{@code Flux}
 * 流式都支持；模型、提示词、回复、Token 用量自动提取。记录由后台守护线程发送，控制台没有打开也不影响你的应用。用
 * {@code AppLog.context} 标注用户与会话（{@code AppLog.currentRequestId()} 可在被记录的方法内取得调用编号），用
 * {@code AppLog.feedback(调用编号, 评分)} 提交用户对某次调用的评价（1 到 5 分）。
 *
 * <p>Environment / 环境变量 (or {@link #configure}):
 *
 * <pre>
 * LLMOPS_URL       where the console listens / 控制台地址; default http://127.0.0.1:4318
 * LLMOPS_TOKEN     bearer token, if the console asks for one / 访问令牌（控制台要求时才需要）
 * LLMOPS_APP       name of your app / 应用名称
 * LLMOPS_DISABLED  1 switches recording off / 设为 1 关闭记录
 * </pre>
 */
public final class AppLog {

    private static final String DEFAULT_URL = "http://127.0.0.1:4318";
    private static final String DEFAULT_APP = "default";

    // What waits to be sent is bounded; beyond either, new records are dropped and counted.
    private static final int MAX_QUEUED_RECORDS = 10_000;
    private static final long MAX_QUEUED_BYTES = 16L * 1024 * 1024;
    // A request carries at most this much; a record that is larger goes alone.
    private static final int MAX_BATCH_RECORDS = 100;
    private static final long MAX_BATCH_BYTES = 4L * 1024 * 1024;
    /** How long a record waits for others to share its request. */
    private static final Duration BATCH_DELAY = Duration.ofSeconds(1);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);
    /** A batch is tried this often, which is about two minutes, and then counted as failed. */
    private static final int MAX_ATTEMPTS = 10;
    private static final long RETRY_BASE_MS = 500;
    private static final long RETRY_MAX_MS = 30_000;
    /** A server may ask for a longer pause than that, but is not given more than this. */
    private static final long RETRY_AFTER_MAX_MS = 60_000;
    /** How long the end of the process may be held up. */
    private static final Duration EXIT_FLUSH = Duration.ofSeconds(2);
    // The console's own limits; what is longer would be cut or refused there.
    private static final int MAX_TEXT_LENGTH = 1_000_000;
    private static final int MAX_NAME_LENGTH = 200;
    private static final int MAX_COMMENT_LENGTH = 10_000;
    private static final int MAX_TAGS = 20;
    private static final int MAX_ATTRIBUTES = 100;
    private static final long MAX_TOKENS = 1_000_000_000;
    private static final int MAX_DEPTH = 32;
    private static final int MAX_ANSWER_BYTES = 1024 * 1024;

    private static final System.Logger LOGGER = System.getLogger("llmops.AppLog");

    private AppLog() {}

    // -----------------------------------------------------------------------------------------------------------------
    // Recording

    /** Marks a method, or all methods of a type, whose calls are recorded. Empty values are absent ones. */
    @Documented
    @Retention(RetentionPolicy.RUNTIME)
    @Target({ElementType.METHOD, ElementType.TYPE})
    public @interface Logged {
        String appType() default "";

        String app() default "";

        String environment() default "";

        /** As in OpenTelemetry: {@code chat}, {@code embeddings}, {@code execute_tool}, … */
        String operation() default "";

        /** Used when the result does not name it. */
        String provider() default "";

        /** Used when the result does not name it. */
        String model() default "";

        String[] tags() default {};

        /** False leaves the prompt out of the record. */
        boolean logRequest() default true;

        /** False leaves the response out of the record; tokens are still counted. */
        boolean logResponse() default true;
    }

    /**
     * Wraps an object so that calls of its {@link Logged} methods are recorded, and all others just passed on. The
     * annotation may stand on the interface or on the class, on a method or on the whole type; the nearer one wins.
     *
     * @param type the interface through which the object is used
     * @return a JDK proxy; it returns and throws what the object does
     */
    public static <T> T wrap(Class<T> type, T target) {
        Object proxy = Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> {
            Object[] arguments = args == null ? new Object[0] : args;
            // Of an interface that is not public; a module that does not open its package says so when it is called.
            method.trySetAccessible();
            return intercept(method, target, arguments, () -> {
                try {
                    return method.invoke(target, arguments);
                } catch (InvocationTargetException error) {
                    throw error.getCause();
                }
            });
        });
        return type.cast(proxy);
    }

    /** Records one call of a piece of code, and returns and throws what it does. A future is recorded when it completes. */
    public static <T> T call(Options options, Callable<T> work) throws Exception {
        Recording recording = start(options);
        T result = recording.run(work);
        recording.watchUnchanged(result);
        return result;
    }

    /** The same for code that streams: recorded when the returned stream has been read to its end or closed. */
    public static <T> Stream<T> stream(Options options, Callable<Stream<T>> work) throws Exception {
        Recording recording = start(options);
        return recording.watchStream(recording.run(work));
    }

    /** Starts a call whose end the caller reports, such as one that answers through callbacks. */
    public static Recording start(Options options) {
        return new Recording(Options.merge(options, LABELS.get()), settings().isDisabled());
    }

    /**
     * Records one call by hand.
     *
     * @param fields those of {@code POST /v1/app-logs}, such as {@code model}, {@code inputTokens}, {@code durationMs},
     *     {@code prompt}, {@code response}; the surrounding {@link #context} fills in what is absent
     * @return its request id
     */
    public static String record(Map<String, ?> fields) {
        String given = text(fields.get("requestId"));
        String requestId = given == null ? newRequestId() : given;
        quietly(() -> {
            Map<String, Object> call = new LinkedHashMap<>();
            long durationMs = fields.get("durationMs") instanceof Number number ? number.longValue() : 0;
            call.put("startedAt", System.currentTimeMillis() - durationMs);
            Options labels = LABELS.get();
            call.putAll(labels.labels);
            call.putAll(fields);
            call.put("tags", labels.tagsWith(fields.get("tags")));
            call.put("attributes", labels.attributesWith(fields.get("attributes")));
            call.put("requestId", requestId);
            submit(call);
        });
        return requestId;
    }

    /** {@link #feedback(String, int, Map)} with nothing but a rating. */
    public static String feedback(String requestId, int rating) {
        return feedback(requestId, rating, Map.of());
    }

    /**
     * Sends what somebody thinks of a call, in the background like the calls.
     *
     * @param requestId of the call, as {@link #record} and {@link #currentRequestId} give it; the call may be sent later
     * @param rating 1 to 5, 5 is best
     * @param details those of {@code POST /v1/feedback}: {@code comment}, {@code type}, {@code tags}, {@code source},
     *     {@code userId}, who judges (absent: the user of the surrounding {@link #context}), and {@code id} (the same id
     *     twice is the same feedback; absent: one is made)
     * @return the feedback's id
     */
    public static String feedback(String requestId, int rating, Map<String, ?> details) {
        String given = text(details.get("id"));
        String id = given == null ? newRequestId() : given;
        quietly(() -> {
            if (settings().isDisabled()) return;
            Map<String, Object> judgement = new LinkedHashMap<>();
            judgement.put("userId", LABELS.get().labels.get("userId"));
            judgement.putAll(details);
            judgement.put("id", id);
            judgement.put("requestId", requestId);
            judgement.put("rating", rating);
            judgement.computeIfPresent("comment", (name, comment) -> cutComment(comment));
            SENDER.put(new Item(Item.FEEDBACK_PATH, Json.write(tidy(judgement))));
        });
        return id;
    }

    /**
     * Labels all calls that start in this thread until the returned scope is closed. Scopes nest: the inner value wins,
     * tags and attributes add up. Labels win over the annotation's.
     */
    public static Scope context(Options labels) {
        Options outer = LABELS.get();
        LABELS.set(Options.merge(outer, labels));
        return () -> LABELS.set(outer);
    }

    /** Inside a recorded method: the request id of its call, to find it again in the console; elsewhere null. */
    public static String currentRequestId() {
        return REQUEST_ID.get();
    }

    /** Counts so far. */
    public static Stats stats() {
        return SENDER.stats();
    }

    /**
     * Waits until what was recorded before has been sent or given up. Needed only where a process is frozen or killed;
     * at an ordinary exit records are flushed for up to 2 seconds.
     *
     * @return false if records still wait
     */
    public static boolean flush(Duration timeout) {
        return SENDER.flush(timeout);
    }

    /** Takes the place of the environment. */
    public static void configure(Settings changed) {
        settings = changed;
    }

    /** Ends a {@link #context}. */
    @FunctionalInterface
    public interface Scope extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * What became of the records of this process.
     *
     * @param sent stored by the console
     * @param dropped not taken because too much was waiting
     * @param failed refused by the console, or given up after the last try
     * @param queued waiting or under way
     */
    public record Stats(long sent, long dropped, long failed, long queued) {}

    /** Where records go. */
    public record Settings(String url, String token, String app, boolean isDisabled) {

        public static Settings fromEnvironment() {
            String disabled = variable("LLMOPS_DISABLED", "").strip().toLowerCase(Locale.ROOT);
            return new Settings(
                    variable("LLMOPS_URL", DEFAULT_URL),
                    variable("LLMOPS_TOKEN", ""),
                    variable("LLMOPS_APP", DEFAULT_APP),
                    List.of("1", "true", "yes", "on").contains(disabled));
        }

        private static String variable(String name, String fallback) {
            String value = System.getenv(name);
            return value == null || value.isEmpty() ? fallback : value;
        }
    }

    /** Labels of calls, and what of them is recorded. */
    public static Options options() {
        return new Options();
    }

    /** See {@link #options()}; each method returns the same object. */
    public static final class Options {
        private static final Options NONE = new Options();

        private final Map<String, Object> labels = new LinkedHashMap<>();
        private final Set<String> tags = new LinkedHashSet<>();
        private final Map<String, Object> attributes = new LinkedHashMap<>();
        private Object prompt;
        private String model;
        private String provider;
        private String requestModel;
        private boolean logRequest = true;
        private boolean logResponse = true;

        private Options() {}

        private static Options of(Logged logged) {
            Options options = new Options()
                    .appType(logged.appType())
                    .app(logged.app())
                    .environment(logged.environment())
                    .operation(logged.operation())
                    .provider(logged.provider())
                    .model(logged.model())
                    .tags(logged.tags());
            options.logRequest = logged.logRequest();
            options.logResponse = logged.logResponse();
            return options;
        }

        /** The labels of the inner one win; tags and attributes add up. All else is the outer one's. */
        private static Options merge(Options outer, Options inner) {
            Options merged = new Options();
            merged.labels.putAll(outer.labels);
            merged.labels.putAll(inner.labels);
            merged.tags.addAll(outer.tags);
            merged.tags.addAll(inner.tags);
            merged.attributes.putAll(outer.attributes);
            merged.attributes.putAll(inner.attributes);
            merged.prompt = outer.prompt;
            merged.model = outer.model;
            merged.provider = outer.provider;
            merged.requestModel = outer.requestModel;
            merged.logRequest = outer.logRequest;
            merged.logResponse = outer.logResponse;
            return merged;
        }

        public Options app(String app) {
            return label("app", app);
        }

        public Options appType(String appType) {
            return label("appType", appType);
        }

        public Options environment(String environment) {
            return label("environment", environment);
        }

        public Options userId(String userId) {
            return label("userId", userId);
        }

        public Options sessionId(String sessionId) {
            return label("sessionId", sessionId);
        }

        public Options operation(String operation) {
            return label("operation", operation);
        }

        public Options traceId(String traceId) {
            return label("traceId", traceId);
        }

        public Options tags(String... added) {
            tags.addAll(Arrays.asList(added));
            return this;
        }

        public Options attribute(String name, Object value) {
            attributes.put(name, value);
            return this;
        }

        /** Used when the result does not name it. */
        public Options model(String model) {
            this.model = nonEmpty(model);
            return this;
        }

        /** Used when the result does not name it. */
        public Options provider(String provider) {
            this.provider = nonEmpty(provider);
            return this;
        }

        /** Text, or anything that can be written as JSON: messages, a request. */
        public Options prompt(Object prompt) {
            this.prompt = prompt;
            return this;
        }

        /** False leaves the prompt out of the record. */
        public Options logRequest(boolean logRequest) {
            this.logRequest = logRequest;
            return this;
        }

        /** False leaves the response out of the record; tokens are still counted. */
        public Options logResponse(boolean logResponse) {
            this.logResponse = logResponse;
            return this;
        }

        private Options label(String name, String value) {
            if (nonEmpty(value) == null) labels.remove(name);
            else labels.put(name, value);
            return this;
        }

        private List<Object> tagsWith(Object more) {
            Set<Object> all = new LinkedHashSet<>(tags);
            if (more instanceof Collection<?> added) all.addAll(added);
            return new ArrayList<>(all);
        }

        private Map<Object, Object> attributesWith(Object more) {
            Map<Object, Object> all = new LinkedHashMap<>(attributes);
            if (more instanceof Map<?, ?> added) all.putAll(added);
            return all;
        }
    }

    // -----------------------------------------------------------------------------------------------------------------
    // Settings and labels

    private static final ThreadLocal<Options> LABELS = ThreadLocal.withInitial(() -> Options.NONE);
    private static final ThreadLocal<String> REQUEST_ID = new ThreadLocal<>();
    private static final Sender SENDER = new Sender();

    private static volatile Settings settings;

    private static Settings settings() {
        Settings known = settings;
        if (known == null) settings = known = Settings.fromEnvironment();
        return known;
    }

    private static String nonEmpty(String text) {
        return text == null || text.isEmpty() ? null : text;
    }

    /** Recording never disturbs the app: what goes wrong in it costs the record and nothing else. */
    private static void quietly(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | StackOverflowError error) {
            LOGGER.log(System.Logger.Level.DEBUG, "a call could not be recorded: {0}", error.getClass().getName());
        }
    }

    // -----------------------------------------------------------------------------------------------------------------
    // Recorded methods

    /** The original method, whatever it throws. */
    @FunctionalInterface
    interface Invocation {
        Object proceed() throws Throwable;
    }

    /** A method as an object of some class has it. */
    private record Site(Method method, Class<?> type) {}

    private static final Map<Site, Optional<Logged>> ANNOTATIONS = new ConcurrentHashMap<>();

    /** What the proxy and the aspect do at each call. */
    static Object intercept(Method method, Object target, Object[] arguments, Invocation invocation) throws Throwable {
        Class<?> type = target == null ? method.getDeclaringClass() : target.getClass();
        Logged logged = ANNOTATIONS
                .computeIfAbsent(new Site(method, type), key -> Optional.ofNullable(findAnnotation(method, type)))
                .orElse(null);
        if (logged == null || settings().isDisabled()) return invocation.proceed();
        Options options = Options.of(logged);
        quietly(() -> readArguments(method, arguments, options));
        Recording recording = start(options);
        Object result;
        try {
            result = recording.enter(invocation);
        } catch (Throwable error) {
            recording.fail(error);
            throw error;
        }
        return recording.watch(result, method.getReturnType());
    }

    private static Logged findAnnotation(Method method, Class<?> type) {
        if (method.getDeclaringClass() == Object.class) return null;
        Method implementation;
        try {
            implementation = type.getMethod(method.getName(), method.getParameterTypes());
        } catch (NoSuchMethodException error) {
            implementation = method;
        }
        return Stream.of(implementation, method, type, method.getDeclaringClass())
                .map(element -> element.getAnnotation(Logged.class))
                .filter(annotation -> annotation != null)
                .findFirst()
                .orElse(null);
    }

    private static final List<String> PROMPT_NAMES = List.of("messages", "prompt", "input");
    private static final List<String> INSTRUCTION_NAMES = List.of("system", "instructions");
    private static final Pattern SECRET_NAME = Pattern.compile(
            "token|.*(api_?key|password|secret|authorization|access_?token|credential).*", Pattern.CASE_INSENSITIVE);

    /** The prompt among the arguments, or in one that is a whole request, and the model asked for. */
    private static void readArguments(Method method, Object[] arguments, Options options) {
        Map<String, Object> named = new LinkedHashMap<>();
        Parameter[] parameters = method.getParameters();
        for (int i = 0; i < arguments.length; i++) named.put(parameters[i].getName(), arguments[i]);
        List<Object> places = new ArrayList<>(List.of(named));
        for (Object argument : arguments) if (!isPlainValue(argument)) places.add(argument);
        for (Object place : places) {
            if (options.requestModel == null) options.requestModel = modelName(field(place, "model"));
            if (options.prompt != null) continue;
            Object instructions = firstField(place, INSTRUCTION_NAMES);
            options.prompt = withInstructions(instructions, firstField(place, PROMPT_NAMES));
        }
        if (options.prompt != null || arguments.length == 0) return;
        // Names of parameters are there only if the app was compiled with them.
        boolean hasNames = parameters[0].isNamePresent();
        options.prompt = arguments.length == 1 ? arguments[0] : hasNames ? named : Arrays.asList(arguments);
    }

    /** Puts instructions that a vendor keeps apart before the messages. */
    private static Object withInstructions(Object instructions, Object prompt) {
        if (prompt == null || instructions == null) return prompt;
        List<Object> messages = new ArrayList<>();
        messages.add(Map.of("role", "system", "content", instructions));
        if (prompt instanceof Collection<?> several) messages.addAll(several);
        else messages.add(Map.of("role", "user", "content", prompt));
        return messages;
    }

    /** One call, from its start to its record. The first of {@code succeed}, {@code finish}, {@code fail} ends it. */
    public static final class Recording {
        private final Options options;
        private final boolean isDisabled;
        private final String requestId = newRequestId();
        private final long startedAt = System.currentTimeMillis();
        private final long startedNanos = System.nanoTime();
        private final Answer answer = new Answer();
        private Json.Written prompt;
        private Double ttftMs;
        private boolean isFinished;

        private Recording(Options options, boolean isDisabled) {
            this.options = options;
            this.isDisabled = isDisabled;
            // Taken now: the list of messages will have grown by the time the model has answered.
            if (options.logRequest && !isDisabled) quietly(() -> prompt = Json.snapshot(options.prompt));
        }

        public String requestId() {
            return requestId;
        }

        /** Takes one item of a stream: a text, a chunk or an event of a vendor. */
        public synchronized void item(Object item) {
            if (isFinished || isDisabled) return;
            if (ttftMs == null) ttftMs = elapsedMs();
            quietly(() -> answer.take(item, false));
        }

        /** Ends a call that answered with one result. */
        public synchronized void succeed(Object result) {
            if (isFinished || isDisabled) return;
            quietly(() -> answer.take(result, true));
            submitOnce(Map.of());
        }

        /** Ends a call whose items were taken one by one. */
        public void finish() {
            submitOnce(Map.of());
        }

        /** Ends a call whose reader wants no more. */
        public void closeEarly() {
            options.attributes.putIfAbsent("llmops.stream.closed_early", true);
            submitOnce(Map.of());
        }

        /** Ends a call that failed; what was streamed before is kept. */
        public void fail(Throwable error) {
            Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
            String simpleName = cause.getClass().getSimpleName();
            Map<String, Object> failure = new LinkedHashMap<>();
            failure.put("status", "error");
            failure.put("errorType", simpleName.isEmpty() ? cause.getClass().getName() : simpleName);
            quietly(() -> failure.put("errorMessage", cause.getMessage()));
            submitOnce(failure);
        }

        private <T> T run(Callable<T> work) throws Exception {
            String outer = REQUEST_ID.get();
            REQUEST_ID.set(requestId);
            try {
                return work.call();
            } catch (Throwable error) {
                fail(error);
                throw error;
            } finally {
                REQUEST_ID.set(outer);
            }
        }

        private Object enter(Invocation invocation) throws Throwable {
            String outer = REQUEST_ID.get();
            REQUEST_ID.set(requestId);
            try {
                return invocation.proceed();
            } finally {
                REQUEST_ID.set(outer);
            }
        }

        /** Records now, or when what was returned ends; only a declared type tells that it may be replaced. */
        private Object watch(Object result, Class<?> declared) {
            if (result instanceof Stream<?> stream && declared.isAssignableFrom(Stream.class)) return watchStream(stream);
            if (result instanceof Iterator<?> iterator && declared == Iterator.class) return watchIterator(iterator);
            if (result != null && declared.getName().startsWith("reactor.core.publisher.")) {
                try {
                    return watchReactor(result, declared);
                } catch (ReflectiveOperationException error) {
                    LOGGER.log(System.Logger.Level.DEBUG, "a publisher cannot be watched: {0}", declared.getName());
                }
            }
            watchUnchanged(result);
            return result;
        }

        private void watchUnchanged(Object result) {
            if (result instanceof CompletionStage<?> stage) {
                stage.whenComplete((value, error) -> {
                    if (error == null) succeed(value);
                    else fail(error);
                });
            } else {
                succeed(result);
            }
        }

        private <T> Stream<T> watchStream(Stream<T> stream) {
            if (stream == null) {
                finish();
                return null;
            }
            Iterator<T> items = watchIterator(stream.iterator());
            return StreamSupport.stream(Spliterators.spliteratorUnknownSize(items, Spliterator.ORDERED), false)
                    .onClose(() -> {
                        closeEarly();
                        stream.close();
                    });
        }

        private <T> Iterator<T> watchIterator(Iterator<T> items) {
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    boolean hasNext = step(items::hasNext);
                    if (!hasNext) finish();
                    return hasNext;
                }

                @Override
                public T next() {
                    T next = step(items::next);
                    item(next);
                    return next;
                }

                @Override
                public void remove() {
                    items.remove();
                }
            };
        }

        private <T> T step(Supplier<T> step) {
            try {
                return step.get();
            } catch (Throwable error) {
                fail(error);
                throw error;
            }
        }

        /** Reactor's Mono and Flux, without compiling against them. */
        private Object watchReactor(Object publisher, Class<?> type) throws ReflectiveOperationException {
            Consumer<Object> onNext = this::item;
            Consumer<Throwable> onError = this::fail;
            Runnable onCancel = this::closeEarly;
            Runnable onTerminate = this::finish;
            Object watched = publisher;
            watched = type.getMethod("doOnNext", Consumer.class).invoke(watched, onNext);
            watched = type.getMethod("doOnError", Consumer.class).invoke(watched, onError);
            watched = type.getMethod("doOnCancel", Runnable.class).invoke(watched, onCancel);
            return type.getMethod("doOnTerminate", Runnable.class).invoke(watched, onTerminate);
        }

        private synchronized void submitOnce(Map<String, Object> outcome) {
            if (isFinished || isDisabled) return;
            isFinished = true;
            quietly(() -> {
                String model = firstOf(answer.model, options.model, options.requestModel);
                Map<String, Object> call = new LinkedHashMap<>(options.labels);
                call.put("tags", options.tagsWith(null));
                call.put("attributes", options.attributes);
                call.putAll(answer.usage);
                call.put("requestId", requestId);
                call.put("status", "ok");
                call.put("startedAt", startedAt);
                call.put("durationMs", elapsedMs());
                call.put("ttftMs", ttftMs);
                call.putIfAbsent("operation", answer.operation);
                call.put("requestModel", options.requestModel);
                call.put("model", model);
                call.put("provider", firstOf(options.provider, answer.provider, providerOf(model)));
                call.put("prompt", prompt);
                call.put("response", options.logResponse ? answer.response() : null);
                call.putAll(outcome);
                submit(call);
            });
        }

        private double elapsedMs() {
            return (System.nanoTime() - startedNanos) / 1e6;
        }
    }

    private static String firstOf(String... candidates) {
        return Stream.of(candidates).filter(text -> text != null).findFirst().orElse(null);
    }

    // -----------------------------------------------------------------------------------------------------------------
    // Reading results

    private static final List<String> TEXT_NAMES =
            List.of("text", "content", "response", "output_text", "output", "answer", "completion");
    private static final Set<String> ANTHROPIC_EVENTS = Set.of(
            "message_start", "message_delta", "message_stop", "content_block_start", "content_block_delta", "content_block_stop");
    private static final Set<String> TOOL_BLOCKS = Set.of("tool_use", "server_tool_use", "mcp_tool_use");
    private static final Pattern OPENAI_MODEL = Pattern.compile("(ft:)?(gpt-|chatgpt-|o1|o3|o4|text-embedding-).*");

    /** Many vendors answer in OpenAI's shape, so only the model tells. */
    private static String providerOf(String model) {
        if (model == null) return null;
        if (model.startsWith("claude")) return "anthropic";
        return OPENAI_MODEL.matcher(model).matches() ? "openai" : null;
    }

    private static boolean isPlainValue(Object value) {
        return value == null || (value.getClass().getName().startsWith("java.") && !(value instanceof Map));
    }

    private static final ClassValue<Map<String, Optional<Method>>> ACCESSORS = new ClassValue<>() {
        @Override
        protected Map<String, Optional<Method>> computeValue(Class<?> type) {
            return new ConcurrentHashMap<>();
        }
    };

    /** A key of a map, or a component or property of an object by its name in snake case; null if there is none. */
    private static Object field(Object value, String name) {
        if (value instanceof Map<?, ?> map) {
            try {
                Object found = map.get(name);
                return unwrap(found == null ? map.get(camelCase(name)) : found);
            } catch (ClassCastException error) {
                return null; // Its keys are not text.
            }
        }
        if (isPlainValue(value)) return null;
        Method accessor = ACCESSORS
                .get(value.getClass())
                .computeIfAbsent(name, key -> findAccessor(value.getClass(), camelCase(key)))
                .orElse(null);
        try {
            return accessor == null ? null : unwrap(accessor.invoke(value));
        } catch (ReflectiveOperationException error) {
            return null; // A property that cannot be read is none.
        }
    }

    private static Optional<Method> findAccessor(Class<?> type, String property) {
        String getter = "get" + Character.toUpperCase(property.charAt(0)) + property.substring(1);
        for (String name : List.of(property, getter)) {
            try {
                Method method = type.getMethod(name);
                boolean isReadable = method.getReturnType() != void.class && !Modifier.isStatic(method.getModifiers());
                // The class may be less visible than its methods.
                if (isReadable && method.trySetAccessible()) return Optional.of(method);
            } catch (NoSuchMethodException error) {
                // The next name, then.
            }
        }
        return Optional.empty();
    }

    private static Object unwrap(Object value) {
        if (value instanceof Optional<?> optional) return optional.orElse(null);
        if (value instanceof OptionalLong number) return number.isPresent() ? (Object) number.getAsLong() : null;
        if (value instanceof OptionalInt number) return number.isPresent() ? (Object) number.getAsInt() : null;
        return value;
    }

    private static Object firstField(Object value, List<String> names) {
        return names.stream().map(name -> field(value, name)).filter(found -> found != null).findFirst().orElse(null);
    }

    private static String camelCase(String name) {
        if (name.indexOf('_') < 0) return name;
        StringBuilder camel = new StringBuilder();
        for (String part : name.split("_")) {
            camel.append(camel.isEmpty() ? part : Character.toUpperCase(part.charAt(0)) + part.substring(1));
        }
        return camel.toString();
    }

    private static String text(Object value) {
        return value instanceof CharSequence && !value.toString().isEmpty() ? value.toString() : null;
    }

    /** Some vendors' model names are objects of their own. */
    private static String modelName(Object value) {
        return firstOf(text(value), text(field(value, "as_string")));
    }

    private static List<?> list(Object value) {
        return value instanceof List<?> list ? list : List.of();
    }

    /** Text, or a list of parts that have it. */
    private static String contentText(Object content) {
        if (content instanceof CharSequence) return content.toString();
        StringBuilder joined = new StringBuilder();
        for (Object part : list(content)) {
            Object partText = field(part, "text");
            String found = firstOf(text(partText), text(field(partText, "text")));
            if (found != null) joined.append(found);
        }
        return joined.toString();
    }

    private static Long count(Object value, String... names) {
        for (String name : names) {
            if (field(value, name) instanceof Number number && number.longValue() >= 0 && number.longValue() <= MAX_TOKENS) {
                return number.longValue();
            }
        }
        return null;
    }

    private static Long firstCount(Long... counts) {
        return Stream.of(counts).filter(count -> count != null).findFirst().orElse(null);
    }

    private static long orZero(Long count) {
        return count == null ? 0 : count;
    }

    /** Token counts under the names of OpenAI, of Anthropic, of Java's frameworks, or of the console. */
    private static Map<String, Object> readUsage(Object usage) {
        Object input = firstField(usage, List.of("prompt_tokens_details", "input_tokens_details"));
        Object output = firstField(usage, List.of("completion_tokens_details", "output_tokens_details"));
        Long cacheRead = count(usage, "cache_read_input_tokens");
        Long cacheWrite = count(usage, "cache_creation_input_tokens");
        Long reported = count(usage, "prompt_tokens", "input_tokens", "input_token_count");
        // Anthropic counts what was cached beside the input; the console counts it inside.
        Long inputTokens = reported == null ? null : (Long) (reported + orZero(cacheRead) + orZero(cacheWrite));
        Long outputTokens = count(usage, "completion_tokens", "output_tokens", "output_token_count");
        Long sum = inputTokens == null || outputTokens == null ? null : (Long) (inputTokens + outputTokens);
        Map<String, Object> counts = new LinkedHashMap<>();
        counts.put("inputTokens", inputTokens);
        counts.put("outputTokens", outputTokens);
        counts.put("totalTokens", firstCount(count(usage, "total_tokens", "total_token_count"), sum));
        counts.put(
                "cachedInputTokens",
                firstCount(
                        cacheRead,
                        count(input, "cached_tokens"),
                        count(usage, "prompt_cache_hit_tokens", "cached_input_tokens")));
        counts.put(
                "cacheWriteTokens",
                firstCount(
                        cacheWrite,
                        count(input, "cache_write_tokens", "cache_creation_input_tokens"),
                        count(usage, "cache_write_tokens")));
        counts.put("reasoningTokens", firstCount(count(output, "reasoning_tokens"), count(usage, "reasoning_tokens")));
        counts.values().removeIf(count -> count == null);
        return counts;
    }

    private static final class ToolCall {
        private String id;
        private String name;
        private final StringBuilder arguments = new StringBuilder();
    }

    /** One of a model's answers to a request; most requests ask for one. */
    private static final class Message {
        private final StringBuilder content = new StringBuilder();
        private final StringBuilder reasoning = new StringBuilder();
        private final Map<Integer, ToolCall> toolCalls = new TreeMap<>();

        boolean isEmpty() {
            return content.isEmpty() && isText();
        }

        boolean isText() {
            return reasoning.isEmpty() && toolCalls.isEmpty();
        }

        Map<String, Object> toMap() {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("role", "assistant");
            map.put("content", content.isEmpty() ? null : content.toString());
            if (!reasoning.isEmpty()) map.put("reasoning_content", reasoning.toString());
            List<Object> calls = new ArrayList<>();
            for (ToolCall call : toolCalls.values()) {
                Map<String, Object> function = new LinkedHashMap<>();
                function.put("name", call.name);
                function.put("arguments", call.arguments.isEmpty() ? "{}" : call.arguments.toString());
                Map<String, Object> described = new LinkedHashMap<>();
                described.put("id", call.id);
                described.put("type", "function");
                described.put("function", function);
                calls.add(described);
            }
            if (!calls.isEmpty()) map.put("tool_calls", calls);
            return map;
        }
    }

    /** What a result says, or the items of a stream together, in whichever of the known shapes they come. */
    private static final class Answer {
        private String model;
        private String provider;
        private String operation;
        private Map<String, Object> usage = Map.of();
        /** Counts of Anthropic's events, of which the largest is the last. */
        private final Map<String, Long> counts = new LinkedHashMap<>();

        private final Map<Integer, Message> messages = new TreeMap<>();
        private final List<Object> others = new ArrayList<>();
        private Room room = new Room();

        void take(Object value, boolean isWhole) {
            String type = Optional.ofNullable(text(field(value, "type"))).orElse("");
            if (value instanceof CharSequence) add(message(0).content, value.toString());
            else if (type.equals("message") && field(value, "usage") != null) takeAnthropicMessage(value, true);
            else if (ANTHROPIC_EVENTS.contains(type)) takeAnthropicEvent(type, value);
            else if ("response".equals(field(value, "object")) || type.startsWith("response.")) {
                takeOpenAiResponse(type, value);
            } else if (field(value, "choices") instanceof List) takeOpenAiChat(value);
            else if (field(first(field(value, "data")), "embedding") != null) takeOpenAiEmbeddings(value);
            else takePlain(value, isWhole);
        }

        /** One answer that is text alone as text, others as messages in OpenAI's shape, other items as they are. */
        Object response() {
            List<Message> answers = messages.values().stream().filter(message -> !message.isEmpty()).toList();
            if (answers.isEmpty()) return others.size() > 1 ? others : first(others);
            boolean isText = answers.size() == 1 && answers.get(0).isText();
            if (isText && others.isEmpty()) return answers.get(0).content.toString();
            List<Object> all = new ArrayList<>();
            for (Message answer : answers) all.add(isText ? answer.content.toString() : answer.toMap());
            all.addAll(others);
            return all;
        }

        /** Chat completions and completions; a chunk of a stream and a whole answer differ in one name. */
        private void takeOpenAiChat(Object chunk) {
            takeHead(chunk, "chat");
            // In a stream it comes with the last chunk, which has no choices.
            Object reported = field(chunk, "usage");
            if (reported != null) usage = readUsage(reported);
            for (Object choice : list(field(chunk, "choices"))) {
                Object nested = firstField(choice, List.of("delta", "message"));
                Object said = nested == null ? choice : nested;
                Message message = message((int) orZero(count(choice, "index")));
                String content = contentText(field(said, "content"));
                add(message.content, content.isEmpty() ? text(field(said, "refusal")) : content);
                add(message.content, text(field(choice, "text")));
                add(message.reasoning, text(firstField(said, List.of("reasoning_content", "reasoning"))));
                int position = 0;
                for (Object call : list(field(said, "tool_calls"))) {
                    Long index = count(call, "index");
                    Object function = field(call, "function");
                    Object arguments = field(function, "arguments");
                    int at = index == null ? position : index.intValue();
                    addToolCall(message, at, field(call, "id"), field(function, "name"), arguments);
                    position++;
                }
            }
        }

        /** Responses; the last event of a stream repeats the whole answer. */
        private void takeOpenAiResponse(String type, Object event) {
            Object response = type.isEmpty() ? event : field(event, "response");
            String delta = text(field(event, "delta"));
            int position = (int) orZero(count(event, "output_index"));
            if (response != null) {
                takeHead(response, "chat");
                Object reported = field(response, "usage");
                if (reported != null) usage = readUsage(reported);
                List<?> output = list(field(response, "output"));
                if (!output.isEmpty()) {
                    messages.clear();
                    room = new Room();
                }
                for (int i = 0; i < output.size(); i++) takeOutputItem(output.get(i), i);
                return;
            }
            Message message = message(0);
            switch (type) {
                case "response.output_text.delta", "response.refusal.delta" -> add(message.content, delta);
                case "response.reasoning_text.delta", "response.reasoning_summary_text.delta" ->
                        add(message.reasoning, delta);
                case "response.function_call_arguments.delta" -> addToolCall(message, position, null, null, delta);
                case "response.output_item.added" -> {
                    Object item = field(event, "item");
                    if ("function_call".equals(field(item, "type"))) {
                        addToolCall(message, position, field(item, "call_id"), field(item, "name"), null);
                    }
                }
                default -> {}
            }
        }

        private void takeOutputItem(Object item, int position) {
            Message message = message(0);
            switch (Optional.ofNullable(text(field(item, "type"))).orElse("")) {
                case "function_call" ->
                        addToolCall(
                                message, position, field(item, "call_id"), field(item, "name"), field(item, "arguments"));
                case "message" -> {
                    for (Object part : list(field(item, "content"))) {
                        add(message.content, text(firstField(part, List.of("text", "refusal"))));
                    }
                }
                case "reasoning" -> {
                    for (Object part : list(field(item, "summary"))) add(message.reasoning, text(field(part, "text")));
                    for (Object part : list(field(item, "content"))) add(message.reasoning, text(field(part, "text")));
                }
                default -> {}
            }
        }

        private void takeOpenAiEmbeddings(Object value) {
            takeHead(value, "embeddings");
            usage = readUsage(field(value, "usage"));
            List<?> data = list(field(value, "data"));
            others.add(Map.of("embeddings", data.size(), "dimensions", list(field(data.get(0), "embedding")).size()));
        }

        private void takeAnthropicMessage(Object message, boolean isFinal) {
            takeHead(message, "chat");
            provider = "anthropic";
            List<?> blocks = list(field(message, "content"));
            for (int i = 0; i < blocks.size(); i++) takeBlock(blocks.get(i), i);
            takeCounts(field(message, "usage"), isFinal);
        }

        private void takeAnthropicEvent(String type, Object event) {
            int position = (int) orZero(count(event, "index"));
            switch (type) {
                // What it says of the output is where the count begins.
                case "message_start" -> takeAnthropicMessage(field(event, "message"), false);
                case "message_delta" -> takeCounts(field(event, "usage"), true);
                case "content_block_start" -> takeBlock(field(event, "content_block"), position);
                case "content_block_delta" -> {
                    Object delta = field(event, "delta");
                    add(message(0).content, text(field(delta, "text")));
                    add(message(0).reasoning, text(field(delta, "thinking")));
                    String json = text(field(delta, "partial_json"));
                    if (json != null) addToolCall(message(0), position, null, null, json);
                }
                default -> {}
            }
        }

        private void takeBlock(Object block, int position) {
            if (TOOL_BLOCKS.contains(Optional.ofNullable(text(field(block, "type"))).orElse(""))) {
                String json = new String(Json.write(field(block, "input")), StandardCharsets.UTF_8);
                // In a stream it is empty, and its pieces follow.
                boolean isEmpty = json.equals("{}") || json.equals("null");
                addToolCall(message(0), position, field(block, "id"), field(block, "name"), isEmpty ? null : json);
                return;
            }
            add(message(0).content, text(field(block, "text")));
            add(message(0).reasoning, text(field(block, "thinking")));
        }

        private void takeCounts(Object reported, boolean isFinal) {
            List<String> names = List.of("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens");
            for (String name : names) takeCount(reported, name);
            if (isFinal) takeCount(reported, "output_tokens");
            usage = readUsage(counts);
        }

        private void takeCount(Object reported, String name) {
            Long count = count(reported, name);
            if (count != null) counts.merge(name, count, Math::max);
        }

        /** A map or an object of the app's own; what names a model or usage is a model's answer. */
        private void takePlain(Object value, boolean isWhole) {
            Object metadata = field(value, "metadata");
            String named = firstOf(
                    modelName(field(value, "model")), text(field(value, "model_name")), text(field(metadata, "model")));
            Object nested = firstField(value, List.of("usage", "token_usage"));
            Map<String, Object> reported = readUsage(nested == null ? field(metadata, "usage") : nested);
            if (reported.isEmpty()) reported = readUsage(value);
            if (named != null || !reported.isEmpty()) {
                model = firstOf(named, model);
                provider = firstOf(text(field(value, "provider")), provider);
                if (!reported.isEmpty()) usage = reported;
                String said = plainText(value);
                add(message(0).content, said);
                if (!said.isEmpty() || !isWhole) return;
            }
            if (value != null && room.left > 0) others.add(Json.snapshot(value, room));
        }

        private static String plainText(Object value) {
            for (String name : TEXT_NAMES) {
                String said = contentText(field(value, name));
                if (!said.isEmpty()) return said;
            }
            // LangChain4j's and Spring AI's responses.
            String said = text(field(field(value, "ai_message"), "text"));
            String result = text(field(field(field(value, "result"), "output"), "text"));
            return Optional.ofNullable(firstOf(said, result)).orElse("");
        }

        private void takeHead(Object value, String performed) {
            model = firstOf(modelName(field(value, "model")), model);
            operation = performed;
        }

        private Message message(int index) {
            return messages.computeIfAbsent(index, key -> new Message());
        }

        private void add(StringBuilder parts, String text) {
            if (text != null && room.left > 0) parts.append(room.cut(text));
        }

        /** Its id and name come once, its arguments in pieces. */
        private void addToolCall(Message message, int position, Object id, Object name, Object arguments) {
            ToolCall call = message.toolCalls.computeIfAbsent(position, key -> new ToolCall());
            call.id = firstOf(text(id), call.id);
            call.name = firstOf(text(name), call.name);
            add(call.arguments, text(arguments));
        }

        private static Object first(Object values) {
            return values instanceof List<?> list && !list.isEmpty() ? list.get(0) : null;
        }
    }

    // -----------------------------------------------------------------------------------------------------------------
    // Text that is safe to send

    /** How much text may still be kept. */
    private static final class Room {
        private int left = MAX_TEXT_LENGTH;

        /** The text, or its beginning and a mark. */
        String cut(String text) {
            if (text.length() <= left) {
                left -= text.length();
                return text;
            }
            String mark = "…[truncated, " + text.length() + " characters]";
            String kept = text.substring(0, Math.max(0, left - mark.length()));
            left = 0;
            return kept + mark;
        }
    }

    /** Writes any value as JSON of bounded size; what is circular, too deep or no data becomes text. */
    private static final class Json {

        /** JSON that has been written before. */
        private record Written(String json) {}

        private final StringBuilder out = new StringBuilder();
        private final Room room;
        private final List<Object> above = new ArrayList<>();

        private Json(Room room) {
            this.room = room;
        }

        static byte[] write(Object value) {
            return snapshot(value).json().getBytes(StandardCharsets.UTF_8);
        }

        static Written snapshot(Object value) {
            return snapshot(value, new Room());
        }

        static Written snapshot(Object value, Room room) {
            Json json = new Json(room);
            json.value(value);
            return new Written(json.out.toString());
        }

        private void value(Object given) {
            Object value = unwrap(given);
            if (value == null) out.append("null");
            else if (value instanceof Written written) out.append(written.json());
            else if (value instanceof CharSequence || value instanceof Character) string(room.cut(value.toString()));
            else if (value instanceof Boolean) out.append(value);
            else if (value instanceof Number number) number(number);
            else if (value instanceof byte[] bytes) string("[" + bytes.length + " bytes]");
            else if (above.stream().anyMatch(outer -> outer == value)) string("[circular]");
            else if (above.size() >= MAX_DEPTH) string("[too deep]");
            else {
                above.add(value);
                container(value);
                above.remove(above.size() - 1);
            }
        }

        private void number(Number number) {
            room.left -= 8;
            double size = number.doubleValue();
            if (Double.isFinite(size)) out.append(number);
            else string(number.toString());
        }

        private void container(Object value) {
            if (value instanceof Map<?, ?> map) object(map);
            else if (value instanceof Collection<?> collection) array(collection);
            else if (value instanceof Object[] array) array(Arrays.asList(array));
            else if (value instanceof Record record) object(componentsOf(record));
            else string(room.cut(describe(value)));
        }

        private void object(Map<?, ?> map) {
            char separator = '{';
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                out.append(separator);
                separator = ',';
                if (room.left <= 0) {
                    out.append("\"…\":\"[truncated]\"");
                    break;
                }
                String name = room.cut(String.valueOf(entry.getKey()));
                string(name);
                out.append(':');
                boolean isSecret = entry.getValue() instanceof CharSequence && SECRET_NAME.matcher(name).matches();
                value(isSecret ? "[redacted]" : entry.getValue());
                room.left -= 4;
            }
            out.append(separator == '{' ? "{}" : "}");
        }

        private void array(Collection<?> values) {
            char separator = '[';
            for (Object value : values) {
                out.append(separator);
                separator = ',';
                if (room.left <= 0) {
                    out.append("\"[truncated]\"");
                    break;
                }
                value(value);
                room.left -= 2;
            }
            out.append(separator == '[' ? "[]" : "]");
        }

        private static Map<String, Object> componentsOf(Record record) {
            Map<String, Object> components = new LinkedHashMap<>();
            for (RecordComponent component : record.getClass().getRecordComponents()) {
                components.put(component.getName(), field(record, component.getName()));
            }
            return components;
        }

        private static String describe(Object value) {
            try {
                return value instanceof Enum<?> constant ? constant.name() : String.valueOf(value.toString());
            } catch (RuntimeException | StackOverflowError error) {
                return "<" + value.getClass().getName() + ">";
            }
        }

        private void string(String text) {
            out.append('"');
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (c == '"' || c == '\\') out.append('\\').append(c);
                else if (c < 0x20) out.append(String.format("\\u%04x", (int) c));
                else out.append(c);
            }
            out.append('"');
        }
    }

    /** A UUID of version 7 (RFC 9562): ids of later calls sort later. */
    private static String newRequestId() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long high = System.currentTimeMillis() << 16 | 0x7000 | random.nextInt(0x1000);
        long low = random.nextLong() >>> 2 | 0x8000_0000_0000_0000L;
        return new UUID(high, low).toString();
    }

    private static final Set<String> NAMES = Set.of(
            "id", "requestId", "app", "appType", "environment", "userId", "sessionId", "operation", "provider", "model",
            "requestModel", "errorType");

    /** Queues a record. */
    private static void submit(Map<String, Object> call) {
        Settings current = settings();
        if (current.isDisabled()) return;
        Map<String, Object> labelled = new LinkedHashMap<>();
        labelled.put("app", current.app());
        labelled.putAll(tidy(call));
        SENDER.put(new Item(Item.CALLS_PATH, Json.write(labelled)));
    }

    /** What is given, within the limits of the console. */
    private static Map<String, Object> tidy(Map<String, Object> fields) {
        Map<String, Object> tidy = new LinkedHashMap<>();
        fields.forEach((name, value) -> {
            if (value == null) return;
            if (NAMES.contains(name)) tidy.put(name, cutName(value));
            else if (name.equals("tags") && value instanceof Collection<?> tags) {
                tidy.put(name, tags.stream().limit(MAX_TAGS).map(AppLog::cutName).toList());
            } else if (name.equals("attributes") && value instanceof Map<?, ?> attributes) {
                Map<Object, Object> kept = new LinkedHashMap<>();
                attributes.entrySet().stream()
                        .limit(MAX_ATTRIBUTES)
                        .forEach(entry -> kept.put(entry.getKey(), entry.getValue()));
                tidy.put(name, Json.snapshot(kept));
            } else tidy.put(name, Json.snapshot(value));
        });
        return tidy;
    }

    private static String cutComment(Object value) {
        String comment = String.valueOf(value);
        if (comment.length() <= MAX_COMMENT_LENGTH) return comment;
        int end = MAX_COMMENT_LENGTH - 1;
        // Not through a surrogate pair.
        return comment.substring(0, Character.isHighSurrogate(comment.charAt(end - 1)) ? end - 1 : end) + "…";
    }

    private static String cutName(Object value) {
        String name = String.valueOf(value);
        return name.length() <= MAX_NAME_LENGTH ? name : name.substring(0, MAX_NAME_LENGTH);
    }

    // -----------------------------------------------------------------------------------------------------------------
    // Sending

    private record Outcome(int status, String body, long retryAfterMs) {
        /** In place of a status. */
        private static final int NO_ANSWER = 0;

        /** Calls are stored once however often they are sent. */
        boolean isRetryable() {
            return status == NO_ANSWER || status == 408 || status == 429 || status >= 500;
        }
    }

    /** What waits to be sent: a call, which shares a request with others, or feedback, which does not. */
    private record Item(String path, byte[] body) {
        private static final String CALLS_PATH = "/v1/app-logs";
        private static final String FEEDBACK_PATH = "/v1/feedback";

        boolean isFeedback() {
            return path.equals(FEEDBACK_PATH);
        }
    }

    /** A bounded queue and the daemon thread that empties it. Items settle in the order they were queued in. */
    private static final class Sender {
        private static final Pattern STORED = Pattern.compile("\"(?:accepted|duplicates)\"\\s*:\\s*(\\d{1,9})");
        private static final Pattern REASON =
                Pattern.compile("\"path\":\"([^\"\\\\]*)\",\"reason\":\"((?:[^\"\\\\]|\\\\.)*)\"");

        private final ArrayDeque<Item> queue = new ArrayDeque<>();
        private final Set<Integer> warned = ConcurrentHashMap.newKeySet();
        private long queuedBytes;
        private long put;
        private long settled;
        private long sent;
        private long dropped;
        private long failed;
        /** What was put up to here is sent without waiting for a fuller batch. */
        private long flushTarget;
        /** Counts flushes: each ends the pause before a retry. */
        private long flushes;

        private volatile boolean isExiting;
        private Thread thread;
        private HttpClient client;

        synchronized void put(Item item) {
            boolean isFull = put - settled >= MAX_QUEUED_RECORDS || queuedBytes + item.body().length > MAX_QUEUED_BYTES;
            if (isFull || !ensureThread()) {
                dropped++;
                return;
            }
            queue.add(item);
            queuedBytes += item.body().length;
            put++;
            if (queue.size() == 1 || isBatchFull()) notifyAll();
        }

        synchronized Stats stats() {
            return new Stats(sent, dropped, failed, put - settled);
        }

        synchronized boolean flush(Duration timeout) {
            long target = put;
            flushTarget = target;
            flushes++;
            notifyAll();
            try {
                return await(timeout.toMillis(), () -> settled >= target);
            } catch (InterruptedException error) {
                Thread.currentThread().interrupt();
                return settled >= target;
            }
        }

        /** What the console does not take now is given up: one that is not there must not hold up every exit. */
        private void flushAtExit() {
            synchronized (this) {
                isExiting = true;
            }
            flush(EXIT_FLUSH);
        }

        private boolean ensureThread() {
            if (thread != null) return true;
            try {
                Runtime.getRuntime().addShutdownHook(new Thread(this::flushAtExit, "app-log-exit"));
            } catch (IllegalStateException error) {
                return false; // The machine is shutting down.
            }
            thread = new Thread(this::run, "app-log-sender");
            thread.setDaemon(true);
            thread.start();
            return true;
        }

        private void run() {
            try {
                while (true) {
                    List<Item> batch = nextBatch();
                    int stored = 0;
                    try {
                        stored = deliver(batch);
                    } catch (RuntimeException error) {
                        // An address or a token that cannot be used; the text of the error might repeat it.
                        warnOnce(Outcome.NO_ANSWER, "Records cannot be sent.");
                    }
                    settle(batch, stored);
                }
            } catch (InterruptedException error) {
                Thread.currentThread().interrupt();
            }
        }

        private synchronized void settle(List<Item> batch, int stored) {
            sent += stored;
            failed += batch.size() - stored;
            settled += batch.size();
            for (Item item : batch) queuedBytes -= item.body().length;
            notifyAll();
        }

        /** Waits for a first item and, unless a flush is under way, for more to share its request. */
        private synchronized List<Item> nextBatch() throws InterruptedException {
            while (queue.isEmpty()) wait();
            await(BATCH_DELAY.toMillis(), () -> queue.element().isFeedback() || isBatchFull() || settled < flushTarget);
            List<Item> batch = new ArrayList<>();
            batch.add(queue.remove());
            long size = batch.get(0).body().length;
            while (!batch.get(0).isFeedback() && !queue.isEmpty() && batch.size() < MAX_BATCH_RECORDS) {
                size += queue.element().body().length;
                if (queue.element().isFeedback() || size > MAX_BATCH_BYTES) break;
                batch.add(queue.remove());
            }
            return batch;
        }

        private boolean isBatchFull() {
            return queue.size() >= MAX_BATCH_RECORDS || queuedBytes >= MAX_BATCH_BYTES;
        }

        /** Waits, with the lock held, until the condition holds or the time is over. */
        private boolean await(long timeoutMs, BooleanSupplier condition) throws InterruptedException {
            long deadline = System.nanoTime() + timeoutMs * 1_000_000;
            while (!condition.getAsBoolean()) {
                long leftMs = (deadline - System.nanoTime()) / 1_000_000;
                if (leftMs <= 0) return false;
                wait(leftMs);
            }
            return true;
        }

        /**
         * Sends until the console has answered for good, the same bytes and so the same ids each time.
         *
         * @return how many items it has stored
         */
        private int deliver(List<Item> batch) throws InterruptedException {
            Item first = batch.get(0);
            byte[] body = first.isFeedback() ? first.body() : join(batch);
            for (int attempt = 1; ; attempt++) {
                long flushesBefore;
                synchronized (this) {
                    flushesBefore = flushes;
                }
                Outcome outcome = post(first.path(), body);
                if (!outcome.isRetryable()) return countStored(outcome, batch);
                synchronized (this) {
                    if (attempt == MAX_ATTEMPTS || (isExiting && outcome.status() == Outcome.NO_ANSWER)) return 0;
                    long longestMs = Math.min(RETRY_MAX_MS, RETRY_BASE_MS << (attempt - 1));
                    long backoffMs = ThreadLocalRandom.current().nextLong(longestMs / 2, longestMs + 1);
                    // A flush shortens our own pause, not one that was asked for.
                    if (outcome.retryAfterMs() > 0) await(outcome.retryAfterMs(), () -> false);
                    else await(backoffMs, () -> flushes != flushesBefore);
                }
            }
        }

        private static byte[] join(List<Item> batch) {
            ByteArrayOutputStream joined = new ByteArrayOutputStream();
            char separator = '[';
            for (Item item : batch) {
                joined.write(separator);
                joined.writeBytes(item.body());
                separator = ',';
            }
            joined.write(']');
            return joined.toByteArray();
        }

        /** One request. No proxy is used and no redirect followed: the console is on this machine. */
        private Outcome post(String path, byte[] body) throws InterruptedException {
            Settings current = settings();
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(current.url().replaceAll("/+$", "") + path))
                    .timeout(REQUEST_TIMEOUT)
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body));
            if (nonEmpty(current.token()) != null) request.header("Authorization", "Bearer " + current.token());
            try {
                HttpResponse<InputStream> response =
                        client().send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
                try (InputStream answer = response.body()) {
                    String text = new String(answer.readNBytes(MAX_ANSWER_BYTES), StandardCharsets.UTF_8);
                    String retryAfter = response.headers().firstValue("retry-after").orElse("");
                    return new Outcome(response.statusCode(), text, readRetryAfter(retryAfter));
                }
            } catch (IOException error) {
                return new Outcome(Outcome.NO_ANSWER, "", 0);
            }
        }

        private HttpClient client() {
            if (client == null) {
                client = HttpClient.newBuilder()
                        // Version 2 asks for an upgrade of the connection first.
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .proxy(HttpClient.Builder.NO_PROXY)
                        .connectTimeout(REQUEST_TIMEOUT)
                        .build();
            }
            return client;
        }

        private int countStored(Outcome outcome, List<Item> batch) {
            int status = outcome.status();
            int count = batch.size();
            boolean isAnswered = status >= 200 && status < 300;
            int stored = isAnswered && batch.get(0).isFeedback() ? 1 : 0;
            Matcher numbers = STORED.matcher(outcome.body());
            while (isAnswered && numbers.find()) stored += Integer.parseInt(numbers.group(1));
            if (stored < count) {
                Matcher reason = REASON.matcher(outcome.body());
                String hint = " Check LLMOPS_URL and LLMOPS_TOKEN.";
                // The console's words about a field: nothing of a record is in them.
                if (reason.find()) hint = " " + reason.group(1) + " " + reason.group(2) + ".";
                warnOnce(status, "LLMOps Console answered " + status + ": records are not stored." + hint);
            }
            return Math.min(count, stored);
        }

        private void warnOnce(int status, String message) {
            if (!warned.add(status)) return;
            // At exit the handlers of logs may be gone already.
            if (isExiting) System.err.println("[app-log] " + message);
            else LOGGER.log(System.Logger.Level.WARNING, message);
        }

        /** Seconds, or a date; 0 if there is none that can be read. */
        private static long readRetryAfter(String header) {
            long pauseMs = 0;
            if (header.matches("\\d{1,9}")) {
                pauseMs = Long.parseLong(header) * 1000;
            } else if (!header.isEmpty()) {
                try {
                    Instant end = ZonedDateTime.parse(header, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
                    pauseMs = Duration.between(Instant.now(), end).toMillis();
                } catch (DateTimeParseException error) {
                    // As good as none.
                }
            }
            return Math.max(0, Math.min(pauseMs, RETRY_AFTER_MAX_MS));
        }
    }
}
