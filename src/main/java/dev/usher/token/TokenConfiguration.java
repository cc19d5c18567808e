package dev.usher.token;

import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;

/** Lets the keys be rotated and old revocations be forgotten by the clock. */
@Configuration(proxyBeanMethods = false)
@EnableScheduling
class TokenConfiguration {

}
