/** What is learned: pre-training methods, each a forward pass that returns named losses. */
package asl.method;
