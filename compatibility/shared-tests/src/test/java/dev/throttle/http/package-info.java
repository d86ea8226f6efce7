/**
 * What travels over HTTP: a real server, a real client and the library's jars.
 */
package dev.throttle.http;
