package dev.throttle.docs.example;

/**
 * Takes uploads.
 */
public class UploadController {

}
