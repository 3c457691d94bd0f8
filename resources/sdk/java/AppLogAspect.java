package llmops;

import org.aspectj.lang.ProceedingJoinPoint;
import org.aspectj.lang.annotation.Around;
import org.aspectj.lang.annotation.Aspect;
import org.aspectj.lang.reflect.MethodSignature;
import org.springframework.stereotype.Component;

/**
 * Records the methods of Spring beans that carry {@link AppLog.Logged}, on the method or on its class.
 *
 * <p>Copy this file beside {@code AppLog.java}, into a package that Spring scans (if you change the package, change it
 * in the pointcut too), and have {@code spring-boot-starter-aop} on the class path. Then annotate:
 *
 * <pre>{@code
 * @Service
 * class CaseService {
 *     @AppLog.Logged(appType = "CASE_GENERATION")
 *     public CompletableFuture<ChatResponse> generate(String prompt) { … }
 * }
 * }</pre>
 *
 * <p>把本文件与 {@code AppLog.java} 放在 Spring 会扫描的包里（改包名时同步修改切点），引入
 * {@code spring-boot-starter-aop}，在 Bean 的方法或类上加 {@code @AppLog.Logged} 即可。
 */
@Aspect
@Component
public class AppLogAspect {

    @Around("@annotation(llmops.AppLog.Logged) || @within(llmops.AppLog.Logged)")
    public Object record(ProceedingJoinPoint point) throws Throwable {
        MethodSignature signature = (MethodSignature) point.getSignature();
        return AppLog.intercept(signature.getMethod(), point.getTarget(), point.getArgs(), point::proceed);
    }
}
